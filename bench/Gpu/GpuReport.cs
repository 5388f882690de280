using System.Text.Json;
using System.Text.Json.Serialization;

namespace SkPaged.Bench;

/// <summary>All that <c>bench gpu</c> measured. Sections that were not run are null.</summary>
internal sealed record GpuReport(
    string Device, string Shape, string DType, DateTimeOffset Date, double CopyTerabytesPerSecond,
    double ProductTeraflops)
{
    private static readonly JsonSerializerOptions s_json = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>Whether products were tuned; null: the run is older than that.</summary>
    public bool? Tuning { get; set; }

    public IReadOnlyList<DecodePoint>? Decode { get; set; }

    public IReadOnlyList<PrefillPoint>? Prefill { get; set; }

    public IReadOnlyList<AttentionPoint>? Attention { get; set; }

    public IReadOnlyList<ProductPoint>? Products { get; set; }

    public IReadOnlyList<GatePoint>? Gates { get; set; }

    public SwapPoint? Swap { get; set; }

    public ServePoint? Serve { get; set; }

    public StartPoint? Start { get; set; }

    /// <summary>What a run saved.</summary>
    public static GpuReport Read(string file) =>
        JsonSerializer.Deserialize<GpuReport>(File.ReadAllText(file), s_json)
        ?? throw new JsonException($"{file} is empty.");

    public void Save(string file) =>
        File.WriteAllText(file, JsonSerializer.Serialize(this, s_json));
}

/// <summary>Steps in which each of so many sequences gets a token.</summary>
/// <param name="Batch">Sequences.</param>
/// <param name="Context">Tokens of each before the first step.</param>
/// <param name="Milliseconds">Of a step.</param>
/// <param name="TokensPerSecond">Of all sequences.</param>
/// <param name="Mbu">Bytes of weights and cache a second / those of a copy.</param>
/// <param name="GapShare">Of the time, the device having nothing to do.</param>
internal sealed record DecodePoint(
    int Batch, int Context, Spread Milliseconds, double TokensPerSecond, double Mbu,
    Spread GapShare)
{
    public override string ToString() =>
        $"decode {Batch,3} x {Context,5}: {Milliseconds:F3} ms a step, {TokensPerSecond,8:F0} "
        + $"tokens/s, MBU {Mbu:P0}, idle between steps {GapShare.Median:P1}";
}

/// <summary>Whole prompts in one step.</summary>
/// <param name="Rows">Prompts.</param>
/// <param name="Tokens">Of each.</param>
/// <param name="Milliseconds">Of the step.</param>
/// <param name="Mfu">Multiplications and additions a second / those of a large product.</param>
internal sealed record PrefillPoint(int Rows, int Tokens, Spread Milliseconds, double Mfu)
{
    public override string ToString() =>
        $"prefill {Rows} x {Tokens,5}: {Milliseconds:F2} ms, MFU {Mfu:P0}";
}

/// <summary>One layer's attention of single tokens, the kernel alone.</summary>
/// <param name="Batch">Sequences.</param>
/// <param name="Context">Tokens of each.</param>
/// <param name="PagedMicroseconds">Blocks in random order.</param>
/// <param name="ContiguousMicroseconds">The same kernel, each sequence's blocks in order.</param>
/// <param name="CopyShare">Bytes of K and V a second, paged / those of a copy.</param>
internal sealed record AttentionPoint(
    int Batch, int Context, Spread PagedMicroseconds, Spread ContiguousMicroseconds,
    double CopyShare)
{
    public override string ToString() =>
        $"attention {Batch,3} x {Context,5}: paged {PagedMicroseconds:F1} µs, contiguous "
        + $"{ContiguousMicroseconds:F1} µs, {CopyShare:P0} of the copy, paged / contiguous "
        + $"{PagedMicroseconds.Median / ContiguousMicroseconds.Median:F3}";
}

/// <summary>One matrix product by cuBLASLt, over weights that the device's cache does not hold.
/// </summary>
/// <param name="Name">What it is in a layer, or the head.</param>
/// <param name="Rows">Of its input.</param>
/// <param name="Inputs">Columns of the weights.</param>
/// <param name="Outputs">Rows of the weights.</param>
/// <param name="FirstMicroseconds">Of the library's first choice.</param>
/// <param name="BestMicroseconds">Of the fastest algorithm.</param>
/// <param name="BestPlace">Of that one in the library's order, from 0.</param>
/// <param name="Candidates">Algorithms that were timed.</param>
/// <param name="FloorMicroseconds">
/// Its bytes at the rate of a copy, or its operations at that of a large product in 16 bits,
/// whatever takes longer.
/// </param>
internal sealed record ProductPoint(
    string Name, int Rows, int Inputs, int Outputs, double? FirstMicroseconds,
    double? BestMicroseconds, int BestPlace, int Candidates, double FloorMicroseconds)
{
    public override string ToString() =>
        $"product {Name,-7} {Rows,4} x {Inputs,5} x {Outputs,6}: first {FirstMicroseconds:F1} µs, "
        + $"best {BestMicroseconds:F1} µs ({BestPlace} of {Candidates}), "
        + $"{BestMicroseconds / FirstMicroseconds:F3} of the first, floor "
        + $"{FloorMicroseconds:F1} µs, {FloorMicroseconds / BestMicroseconds:P0} of the floor";
}

/// <summary>Blocks between the device and pinned memory of the host.</summary>
/// <param name="Blocks">Moved at once.</param>
/// <param name="Bytes">Of all of them.</param>
/// <param name="OutGigabytesPerSecond">To the host.</param>
/// <param name="InGigabytesPerSecond">From it.</param>
internal sealed record SwapPoint(
    int Blocks, long Bytes, Spread OutGigabytesPerSecond, Spread InGigabytesPerSecond)
{
    public override string ToString() =>
        $"swap of {Blocks} blocks, {Bytes / 1e9:F2} GB: out {OutGigabytesPerSecond:F1} GB/s, in "
        + $"{InGigabytesPerSecond:F1} GB/s";
}

/// <summary>Many requests at once through the whole engine.</summary>
/// <param name="Requests">Submitted together.</param>
/// <param name="PromptTokens">Of all of them.</param>
/// <param name="OutputTokens">Of all of them.</param>
/// <param name="Budget">Tokens of a step at most.</param>
/// <param name="Blocks">Of the engine's cache.</param>
/// <param name="Seconds">From the first submission to the last end.</param>
/// <param name="TokensPerSecond">Of output.</param>
/// <param name="GapShare">Of the time, the device having nothing to do between steps.</param>
internal sealed record ServePoint(
    int Requests, int PromptTokens, int OutputTokens, int Budget, int Blocks, Spread Seconds,
    Spread TokensPerSecond, double GapShare)
{
    public override string ToString() =>
        $"serve {Requests} requests, {PromptTokens} tokens in, {OutputTokens} out, budget {Budget}"
        + $", {Blocks} blocks: {Seconds:F2} s, {TokensPerSecond:F0} output tokens/s, idle between "
        + $"steps {GapShare:P1}";
}

/// <summary>From the start of a process to an engine that takes requests.</summary>
/// <param name="FirstSeconds">With no kernel compiled before.</param>
/// <param name="WarmSeconds">With kernels kept from before.</param>
internal sealed record StartPoint(double FirstSeconds, Spread WarmSeconds)
{
    public override string ToString() =>
        $"start: first {FirstSeconds:F1} s, then {WarmSeconds:F1} s";
}

/// <summary>Gates of so many rows.</summary>
/// <param name="Rows">Of the input.</param>
/// <param name="LibraryMicroseconds">cuBLASLt's product, and the kernel behind it.</param>
/// <param name="OwnMicroseconds">Our kernel.</param>
/// <param name="IsTaken">Whether the engine uses ours.</param>
internal sealed record GatePoint(
    int Rows, double LibraryMicroseconds, double OwnMicroseconds, bool IsTaken)
{
    public override string ToString() =>
        $"gates {Rows,4} rows: {LibraryMicroseconds,6:F1} µs by two kernels, "
        + $"{OwnMicroseconds,6:F1} by one{(IsTaken ? ", used" : "")}";
}
