using System.Collections.Immutable;
using System.Text.Json;

namespace SkPaged.Connector.Text;

/// <summary>
/// The <c>decoder</c> of a tokenizer.json: builds a new chain of stages for each text.
/// </summary>
internal sealed class TokenDecoder
{
    private readonly ImmutableArray<Func<DecodeStage>> _stages;

    private TokenDecoder(ImmutableArray<Func<DecodeStage>> stages) => _stages = stages;

    public static TokenDecoder Read(JsonElement? json, TokenizerFile file)
    {
        if (json is not { } decoder) return new([() => new SpaceBetweenStage()]);
        var (stages, fused) = (ImmutableArray.CreateBuilder<Func<DecodeStage>>(), false);
        foreach (var step in Flatten(decoder, file))
        {
            if (Stage(step, fused, file) is { } stage) stages.Add(stage);
            fused |= file.String(step, "type", "decoder") is "Fuse" or "ByteLevel";
        }
        return new(stages.ToImmutable());
    }

    /// <summary>The first stage; its text arrives in <paramref name="text"/>.</summary>
    public DecodeStage Build(DecodedText text)
    {
        DecodeStage first = text;
        for (var i = _stages.Length - 1; i >= 0; i--)
        {
            var stage = _stages[i]();
            stage.Next = first;
            first = stage;
        }
        return first;
    }

    private static IEnumerable<JsonElement> Flatten(JsonElement json, TokenizerFile file) =>
        file.String(json, "type", "decoder") == "Sequence"
            ? file.Array(json, "decoders", "decoder").SelectMany(each => Flatten(each, file))
            : [json];

    // fused: what comes is parts of one token, so a stage that looks at a token's ends or at a
    // string within it would see the wrong thing.
    private static Func<DecodeStage>? Stage(JsonElement json, bool fused, TokenizerFile file)
    {
        var type = file.String(json, "type", "decoder");
        var component = $"decoder '{type}'";
        switch (type)
        {
            case "ByteLevel" when !fused:
                return () => new ByteLevelStage();
            case "ByteFallback" when !fused:
                return () => new ByteFallbackStage();
            case "Fuse":
                return null;
            case "Replace":
                var pattern = file.Required(json, "pattern", component);
                var from = file.StringOrNull(pattern, "String", component);
                var to = file.String(json, "content", component);
                if (from is not { Length: > 0 } || (fused && from.Length > 1)) break;
                return () => new ReplaceStage(from, to);
            case "Strip":
                if (file.String(json, "content", component) is not [var content]) break;
                if (file.Int(json, "stop", component) != 0) break;
                var start = file.Int(json, "start", component);
                return () => new StripStage(content, start, fused);
            case "Metaspace":
                var mark = MetaspacePreTokenizer.ReadMark(json, component, file);
                var scheme = MetaspacePreTokenizer.ReadScheme(json, component, file);
                return () => new MetaspaceStage(mark, scheme != PrependScheme.Never, fused);
        }
        throw file.Unsupported(fused ? $"{component} after a fusing one" : component);
    }
}
