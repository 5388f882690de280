using System.Text;
using SkPaged.Connector;
using SkPaged.Connector.Templates;
using SkPaged.Connector.Text;
using SkPaged.Engine.Cuda;
using SkPaged.Engine.Cuda.Models;
using SkPaged.Engine.Cuda.Native;
using SkPaged.Engine.Cuda.Weights;

namespace SkPaged.BatchGenerate;

/// <summary>Files or standard streams, UTF-8 without a mark.</summary>
internal static class BatchFiles
{
    private const string Standard = "-";
    private static readonly byte[] Utf8Mark = [0xEF, 0xBB, 0xBF];
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    /// <summary>
    /// What is written is emptied before the input is read, so it must be another file, and one
    /// for itself.
    /// </summary>
    /// <exception cref="IOException">It is the input, or two are one.</exception>
    public static void ThrowIfSame(BatchRun run)
    {
        if (File.Exists(run.Input))
        {
            ThrowIfSame("--input", run.Input, "--output", run.Output);
            ThrowIfSame("--input", run.Input, "--record", run.Engine.Loop.EventLog);
        }

        ThrowIfSame("--output", run.Output, "--record", run.Engine.Loop.EventLog);
    }

    /// <summary>The input's lines as bytes, a char each: whether they are UTF-8 is a question
    /// for each line.</summary>
    /// <exception cref="IOException">There is no such file, or it is a folder.</exception>
    public static TextReader OpenInput(string path) =>
        new StreamReader(
            path == Standard ? Console.OpenStandardInput()
            : Directory.Exists(path) ? throw new IOException($"\"{path}\" is a folder, no file.")
            : File.OpenRead(path),
            Encoding.Latin1, detectEncodingFromByteOrderMarks: false);

    /// <summary>A line's bytes, without the mark that some editors put before the first.</summary>
    public static ReadOnlySpan<byte> BytesOf(string line)
    {
        ReadOnlySpan<byte> bytes = Encoding.Latin1.GetBytes(line);
        return bytes.StartsWith(Utf8Mark) ? bytes[Utf8Mark.Length..] : bytes;
    }

    /// <summary>The answers' file, emptied.</summary>
    public static TextWriter OpenOutput(string path) =>
        path == Standard
            ? new StreamWriter(Console.OpenStandardOutput(), Utf8)
            : new StreamWriter(path, append: false, Utf8);

    private static void ThrowIfSame(string first, string path, string second, string? other)
    {
        if (path != Standard && other != Standard && !string.IsNullOrWhiteSpace(other)
            && Target(path) == Target(other))
            throw new IOException(
                $"{second} is the file of {first}, \"{path}\": it would be emptied, and what is in "
                + "it lost.");
    }

    private static string Target(string path) =>
        Path.GetFullPath((File.Exists(path) ? File.ResolveLinkTarget(path, true)?.FullName : null)
            ?? path);

    /// <summary>Whether a message is enough: what went wrong is the user's to mend.</summary>
    public static bool IsUsersMistake(Exception wrong) =>
        wrong is IOException or UnauthorizedAccessException or ModelFileException
            or ModelConfigException or ModelFolderException or TokenizerFormatException
            or ChatTemplateException or LibTorchException or EngineConfigException
            or DeviceUnavailableException or KvCacheTooSmallException
            or HostCacheTooLargeException or DeviceMemoryException
            or KernelCompilationException or CudaException;
}
