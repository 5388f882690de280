using System.Collections.Immutable;

namespace SkPaged.TinyModel.Bpe;

/// <summary>The tokens that no merge makes. They have the last ids, in this order.</summary>
public static class SpecialTokens
{
    /// <summary>The end of a message: the model stops here.</summary>
    public const string EndOfMessage = "<|im_end|>";

    /// <summary>The end of a text, and the padding.</summary>
    public const string EndOfText = "<|endoftext|>";

    /// <summary>All of them.</summary>
    public static ImmutableArray<string> All { get; } =
    [
        EndOfText, "<|im_start|>", EndOfMessage, "<tool_call>", "</tool_call>", "<tool_response>",
        "</tool_response>", "<tools>", "</tools>",
    ];

    /// <summary>Whether decoding for people leaves the token out.</summary>
    public static bool IsHidden(string token) => token.StartsWith("<|", StringComparison.Ordinal);
}
