using System.Collections.Immutable;
using System.Text.Json;

namespace SkPaged.Connector.Text;

/// <summary>A Hugging Face <c>tokenizer.json</c>, part by part, as the file has it.</summary>
internal sealed record TokenizerJson(
    ImmutableArray<AddedToken> AddedTokens,
    Normalizer? Normalizer,
    ImmutableArray<PreTokenizer> PreTokenizers,
    BpeModel Model,
    PostProcessor PostProcessor,
    TokenDecoder Decoder)
{
    /// <summary>True if words go to the model as letters that stand for bytes.</summary>
    public bool IsByteLevel => PreTokenizers is [.., ByteLevelPreTokenizer];

    /// <exception cref="TokenizerFormatException">Broken, or a component not supported.</exception>
    public static TokenizerJson Read(Stream stream, TokenizerFile file)
    {
        using var document = file.Parse(stream);
        var root = document.RootElement;
        var read = new TokenizerJson(
            ReadAddedTokens(root, file),
            TokenizerFile.Optional(root, "normalizer") is { } normalizer
                ? Normalizer.Read(normalizer, file)
                : null,
            TokenizerFile.Optional(root, "pre_tokenizer") is { } preTokenizer
                ? PreTokenizer.Read(preTokenizer, file)
                : [],
            BpeModel.Read(file.Required(root, "model", "content"), file),
            PostProcessor.Read(TokenizerFile.Optional(root, "post_processor"), file),
            TokenDecoder.Read(TokenizerFile.Optional(root, "decoder"), file));
        var byteLevels = read.PreTokenizers.Count(step => step is ByteLevelPreTokenizer);
        return byteLevels == 0 || (byteLevels == 1 && read.IsByteLevel)
            ? read
            : throw file.Unsupported("pre_tokenizer 'ByteLevel' before another");
    }

    private static ImmutableArray<AddedToken> ReadAddedTokens(JsonElement root, TokenizerFile file)
    {
        if (TokenizerFile.Optional(root, "added_tokens") is null) return [];
        return [.. file.Array(root, "added_tokens", "content")
            .Select(each => AddedToken.Read(each, file.Int(each, "id", "added_tokens"), file))];
    }
}
