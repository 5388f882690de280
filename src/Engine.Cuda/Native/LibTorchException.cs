using System.Collections.Immutable;

namespace SkPaged.Engine.Cuda.Native;

/// <summary>
/// libtorch could not be found or loaded. The message lists everything that was tried.
/// </summary>
public sealed class LibTorchException : Exception
{
    internal LibTorchException(string what, IEnumerable<string> tried, Exception? cause = null)
        : this(what, [.. tried], cause)
    {
    }

    private LibTorchException(string what, ImmutableArray<string> tried, Exception? cause)
        : base(Text(what, tried), cause) => Tried = tried;

    /// <summary>What was tried, in order, each with its outcome.</summary>
    public ImmutableArray<string> Tried { get; }

    private static string Text(string what, ImmutableArray<string> tried) =>
        tried.IsEmpty
            ? what
            : $"{what}{Environment.NewLine}Tried, in this order:{Environment.NewLine}"
                + string.Join(Environment.NewLine, tried.Select(line => $"  - {line}"));
}
