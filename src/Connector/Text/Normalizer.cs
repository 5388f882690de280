using System.Collections.Immutable;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace SkPaged.Connector.Text;

/// <summary>The <c>normalizer</c> of a tokenizer.json: text to text, before it is cut up.</summary>
internal abstract record Normalizer
{
    public abstract string Apply(string text);

    public static Normalizer Read(JsonElement json, TokenizerFile file)
    {
        var type = file.String(json, "type", "normalizer");
        var component = $"normalizer '{type}'";
        return type switch
        {
            "Sequence" => new NormalizerSequence(
                [.. file.Array(json, "normalizers", component).Select(each => Read(each, file))]),
            "NFC" => new NfcNormalizer(),
            "Prepend" => new PrependNormalizer(file.String(json, "prepend", component)),
            "Replace" => new ReplaceNormalizer(
                TextPattern.Read(json, component, file), file.String(json, "content", component)),
            _ => throw file.Unsupported(component),
        };
    }
}

internal sealed record NormalizerSequence(ImmutableArray<Normalizer> Steps) : Normalizer
{
    public override string Apply(string text) =>
        Steps.Aggregate(text, (current, step) => step.Apply(current));
}

internal sealed record NfcNormalizer : Normalizer
{
    public override string Apply(string text) => Nfc.Normalize(text);
}

internal sealed record PrependNormalizer(string Prefix) : Normalizer
{
    public override string Apply(string text) => text.Length == 0 ? text : Prefix + text;
}

internal sealed record ReplaceNormalizer(TextPattern Pattern, string Content) : Normalizer
{
    public override string Apply(string text) => Pattern.Replace(text, Content);
}
