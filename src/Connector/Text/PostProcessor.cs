using System.Collections.Immutable;
using System.Text.Json;
using SkPaged.Engine.Pure;

namespace SkPaged.Connector.Text;

/// <summary>
/// The <c>post_processor</c> of a tokenizer.json, as far as ids go: what stands before and after
/// the text when special tokens are asked for.
/// </summary>
internal sealed record PostProcessor(ImmutableArray<TokenId> Before, ImmutableArray<TokenId> After)
{
    public static PostProcessor None { get; } = new([], []);

    public static PostProcessor Read(JsonElement? json, TokenizerFile file)
    {
        if (json is not { } processor) return None;
        var type = file.String(processor, "type", "post_processor");
        var component = $"post_processor '{type}'";
        return type switch
        {
            "ByteLevel" => None, // it trims offsets, and there are none here
            "TemplateProcessing" => ReadTemplate(processor, component, file),
            "Sequence" => file.Array(processor, "processors", component)
                .Select(each => Read(each, file))
                .Aggregate(None, (inner, outer) => outer.Around(inner)),
            _ => throw file.Unsupported(component),
        };
    }

    private PostProcessor Around(PostProcessor inner) =>
        new([.. Before, .. inner.Before], [.. inner.After, .. After]);

    private static PostProcessor ReadTemplate(
        JsonElement json, string component, TokenizerFile file)
    {
        var special = file.Required(json, "special_tokens", component);
        var (before, after, textSeen) = (new List<TokenId>(), new List<TokenId>(), false);
        foreach (var part in file.Array(json, "single", component))
        {
            if (TokenizerFile.Optional(part, "SpecialToken") is { } token)
            {
                var name = file.String(token, "id", component);
                var entry = file.Required(special, name, $"{component}.special_tokens");
                foreach (var id in file.Array(entry, "ids", component))
                    (textSeen ? after : before).Add(new TokenId(file.AsInt(id, component)));
            }
            else if (TokenizerFile.Optional(part, "Sequence") is not null && !textSeen)
            {
                textSeen = true;
            }
            else
            {
                throw file.Broken(component, "'single' must hold the text once");
            }
        }
        return new([.. before], [.. after]);
    }
}
