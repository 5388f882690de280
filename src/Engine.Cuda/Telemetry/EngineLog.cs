using Microsoft.Extensions.Logging;
using SkPaged.Engine.Pure;
using static TorchSharp.torch;

namespace SkPaged.Engine.Cuda;

/// <summary>All that an engine says in words.</summary>
internal static partial class EngineLog
{
    [LoggerMessage(
        EventId = 1,
        Level = LogLevel.Information,
        Message = "Engine '{Engine}' started: {Blocks} blocks of {BlockSize} tokens, at most "
            + "{MaxSequences} sequences and {MaxBatchedTokens} tokens a step")]
    public static partial void Started(
        this ILogger log,
        string engine,
        int blocks,
        int blockSize,
        int maxSequences,
        int maxBatchedTokens);

    [LoggerMessage(
        EventId = 2,
        Level = LogLevel.Information,
        Message = "Engine '{Engine}' stopped")]
    public static partial void Stopped(this ILogger log, string engine);

    [LoggerMessage(
        EventId = 3,
        Level = LogLevel.Critical,
        Message = "Engine '{Engine}' failed: all its requests end, and it takes no more")]
    public static partial void Failed(this ILogger log, Exception cause, string engine);

    [LoggerMessage(
        EventId = 4,
        Level = LogLevel.Error,
        Message = "Engine '{Engine}': {Step} failed with {Rows} sequences in it")]
    public static partial void StepFailed(
        this ILogger log, Exception cause, string engine, StepId step, int rows);

    [LoggerMessage(
        EventId = 5,
        Level = LogLevel.Error,
        Message = "Engine '{Engine}' could not dispose its executor")]
    public static partial void ExecutorDisposeFailed(
        this ILogger log, Exception cause, string engine);

    [LoggerMessage(
        EventId = 9,
        Level = LogLevel.Error,
        Message = "Engine '{Engine}' cannot write its event log any more, and goes on without")]
    public static partial void EventLogFailed(this ILogger log, Exception cause, string engine);

    [LoggerMessage(
        EventId = 6,
        Level = LogLevel.Debug,
        Message = "Engine '{Engine}' rejected {Request}: {Why}")]
    public static partial void Rejected(
        this ILogger log, string engine, RequestId request, string why);

    [LoggerMessage(
        EventId = 7,
        Level = LogLevel.Debug,
        Message = "Engine '{Engine}': {Request} ended ({Reason}), {Usage}")]
    public static partial void Finished(
        this ILogger log, string engine, RequestId request, FinishReason reason, Usage usage);

    [LoggerMessage(
        EventId = 8,
        Level = LogLevel.Debug,
        Message = "Engine '{Engine}': {Step} was planned without {Requests} preempted requests")]
    public static partial void Preempted(
        this ILogger log, string engine, StepId step, int requests);

    [LoggerMessage(
        EventId = 10,
        Level = LogLevel.Warning,
        Message = "The engine computes on the CPU: {Why}")]
    public static partial void CpuInstead(this ILogger log, string why);

    [LoggerMessage(
        EventId = 12,
        Level = LogLevel.Information,
        Message = "Start: kernels for {Device}, {Compiled} compiled and {Kept} kept from before, "
            + "in {Seconds:F1} s")]
    public static partial void KernelsReady(
        this ILogger log, string device, int compiled, int kept, double seconds);

    [LoggerMessage(
        EventId = 13,
        Level = LogLevel.Information,
        Message = "Start: {Verb} weights of {Bytes:N0} bytes in {DType} to {Device} in "
            + "{Seconds:F1} s")]
    public static partial void WeightsReady(
        this ILogger log, string verb, long bytes, ScalarType dType, Device device,
        double seconds);

    [LoggerMessage(
        EventId = 14,
        Level = LogLevel.Information,
        Message = "Start: the longest step, {Tokens} tokens, takes {Bytes:N0} bytes beside the "
            + "weights and leaves {BytesFree:N0} free; found in {Seconds:F1} s")]
    public static partial void LongestStepRan(
        this ILogger log, int tokens, long bytes, long bytesFree, double seconds);

    [LoggerMessage(
        EventId = 15,
        Level = LogLevel.Information,
        Message = "Start: {Blocks} blocks of {BlockSize} tokens, {Bytes:N0} bytes; a sequence may "
            + "have {Length} tokens")]
    public static partial void BlocksFit(
        this ILogger log, int blocks, int blockSize, long bytes, long length);

    [LoggerMessage(
        EventId = 16,
        Level = LogLevel.Information,
        Message = "Start: the executor is ready in {Seconds:F1} s")]
    public static partial void ExecutorReady(this ILogger log, double seconds);

    [LoggerMessage(
        EventId = 11,
        Level = LogLevel.Information,
        Message = "Start: {Graphs} CUDA graphs of decode steps of up to {Rows} sequences were "
            + "captured in {Seconds:F1} s; they take {Megabytes} MB of the device's memory")]
    public static partial void GraphsCaptured(
        this ILogger log, int graphs, int rows, double seconds, long megabytes);

    [LoggerMessage(
        EventId = 17,
        Level = LogLevel.Information,
        Message = "Start: {Tuned} matrix products were tuned in {Seconds:F1} s, and {Found} kept "
            + "from before")]
    public static partial void ProductsTuned(
        this ILogger log, int tuned, double seconds, int found);
}
