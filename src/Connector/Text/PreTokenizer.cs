using System.Collections.Immutable;
using System.Text.Json;

namespace SkPaged.Connector.Text;

/// <summary>The <c>pre_tokenizer</c> of a tokenizer.json: cuts text into words.</summary>
internal abstract record PreTokenizer
{
    /// <summary>Appends the parts of the piece to <paramref name="into"/>, in order.</summary>
    public abstract void Split(Piece piece, List<Piece> into);

    /// <summary>The steps in order; Sequences are flattened.</summary>
    public static ImmutableArray<PreTokenizer> Read(JsonElement json, TokenizerFile file)
    {
        var type = file.String(json, "type", "pre_tokenizer");
        var component = $"pre_tokenizer '{type}'";
        return type switch
        {
            "Sequence" => [.. file.Array(json, "pretokenizers", component)
                .SelectMany(each => Read(each, file))],
            "Split" => [new SplitPreTokenizer(
                TextPattern.Read(json, component, file),
                SplitBehaviors.Read(json, component, file),
                file.Bool(json, "invert", component, false))],
            // Each digit on its own, or each run of them: Rust's is_numeric is \p{N}.
            "Digits" => [new SplitPreTokenizer(
                TextPattern.Of(
                    file.Bool(json, "individual_digits", component, false) ? @"\p{N}" : @"\p{N}+"),
                SplitBehavior.Isolated, false)],
            "ByteLevel" => [new ByteLevelPreTokenizer(
                file.Bool(json, "add_prefix_space", component, true),
                file.Bool(json, "use_regex", component, true))],
            "Metaspace" => [MetaspacePreTokenizer.Read(json, component, file)],
            _ => throw file.Unsupported(component),
        };
    }
}

internal sealed record SplitPreTokenizer(TextPattern Pattern, SplitBehavior Behavior, bool Invert)
    : PreTokenizer
{
    public override void Split(Piece piece, List<Piece> into) =>
        Behavior.Split(piece, Pattern, Invert, into);
}

/// <summary>
/// GPT-2's pre-tokenizer. The mapping of bytes to letters is not done here but where the words
/// meet the model (<see cref="ByteLevelAlphabet"/>); this must therefore be the last step.
/// </summary>
internal sealed record ByteLevelPreTokenizer(bool AddPrefixSpace, bool UseRegex) : PreTokenizer
{
    private static readonly Lazy<TextPattern> Words = new(() => TextPattern.Of(
        @"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"));

    public override void Split(Piece piece, List<Piece> into)
    {
        if (AddPrefixSpace && piece.Span[0] != ' ')
            piece = Piece.Whole($" {piece.Span}", piece.StartsText);
        if (UseRegex) SplitBehavior.Isolated.Split(piece, Words.Value, false, into);
        else into.Add(piece);
    }
}
