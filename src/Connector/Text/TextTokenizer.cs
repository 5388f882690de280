using System.Collections.Immutable;
using System.Runtime.InteropServices;
using SkPaged.Engine.Pure;

namespace SkPaged.Connector.Text;

/// <summary>
/// A model's tokenizer, read from its Hugging Face files: text to tokens and back, exactly as
/// Hugging Face's tokenizers do it. BPE, byte-level (Llama 3, Qwen, GPT-2) and SentencePiece-style
/// (Llama 2, Mistral). Padding and truncation in the file are ignored. Thread-safe.
/// </summary>
public sealed class TextTokenizer
{
    private readonly TextEncoder _encoder;
    private readonly TokenDecoder _decoder;
    private readonly PostProcessor _postProcessor;
    private readonly TokenTable _table;

    internal TextTokenizer(TokenizerJson json, TokenizerConfig config, TokenizerFile file)
    {
        _table = new TokenTable(json, config, file);
        _encoder = new TextEncoder(json, _table, file);
        _decoder = json.Decoder;
        (BosToken, EosToken, PadToken) = (config.BosToken, config.EosToken, config.PadToken);
        (ChatTemplate, ToolUseChatTemplate) = (config.ChatTemplate, config.ToolUseChatTemplate);
        _postProcessor = config.AddBosToken is null && config.AddEosToken is null
            ? json.PostProcessor
            : new(Around(config.AddBosToken, BosToken), Around(config.AddEosToken, EosToken));
    }

    /// <summary>
    /// The text that begins a sequence, for example <c>&lt;s&gt;</c>; null: none.
    /// </summary>
    public string? BosToken { get; }

    /// <summary>The text that ends a turn or sequence; null: none.</summary>
    public string? EosToken { get; }

    /// <summary>The text that fills a batch up; null: none.</summary>
    public string? PadToken { get; }

    /// <summary>
    /// The model's Jinja chat template: of chat_template.jinja, else of tokenizer_config.json (the
    /// one named "default" where it has several), else of chat_template.json; null: none.
    /// </summary>
    public string? ChatTemplate { get; }

    /// <summary>The template named "tool_use" where the model has several; null: none.</summary>
    public string? ToolUseChatTemplate { get; }

    /// <summary>One more than the highest id.</summary>
    public int VocabularySize => _table.Size;

    /// <summary>Reads tokenizer.json and what stands beside it in a model's folder.</summary>
    /// <param name="modelFolder">
    /// Must hold tokenizer.json; tokenizer_config.json, special_tokens_map.json,
    /// chat_template.jinja and chat_template.json are read where they exist.
    /// </param>
    /// <exception cref="TokenizerFormatException">
    /// tokenizer.json is missing, a file is broken, or a component is not supported.
    /// </exception>
    public static TextTokenizer Load(string modelFolder)
    {
        ArgumentException.ThrowIfNullOrEmpty(modelFolder);
        return TokenizerFolder.Load(modelFolder);
    }

    /// <summary>Reads the same from streams.</summary>
    /// <param name="tokenizerJson">The tokenizer.json, UTF-8.</param>
    /// <param name="tokenizerConfigJson">The tokenizer_config.json; null: none.</param>
    /// <exception cref="TokenizerFormatException">
    /// A broken file, or a part not supported.
    /// </exception>
    public static TextTokenizer Parse(Stream tokenizerJson, Stream? tokenizerConfigJson)
    {
        ArgumentNullException.ThrowIfNull(tokenizerJson);
        var file = new TokenizerFile("tokenizer.json");
        var config = tokenizerConfigJson is null
            ? TokenizerConfig.Empty
            : TokenizerFolder.Read(tokenizerConfigJson, "tokenizer_config.json");
        return new TextTokenizer(TokenizerJson.Read(tokenizerJson, file), config, file);
    }

    /// <summary>Text to tokens; the spellings of added tokens in it become those tokens.</summary>
    /// <param name="text">Any text; lone surrogates count as U+FFFD.</param>
    /// <param name="addSpecialTokens">
    /// Puts around it what the model wants around a text, usually the BOS token. False for a prompt
    /// that a chat template rendered: it has them already.
    /// </param>
    public ImmutableArray<TokenId> Encode(string text, bool addSpecialTokens)
    {
        ArgumentNullException.ThrowIfNull(text);
        var tokens = new List<TokenId>(text.Length / 3 + 4);
        if (addSpecialTokens) tokens.AddRange(_postProcessor.Before);
        _encoder.Encode(text, findsAddedTokens: true, tokens);
        if (addSpecialTokens) tokens.AddRange(_postProcessor.After);
        return Frozen(tokens);
    }

    /// <summary>
    /// Text from outside to tokens: nothing in it can become an added token, special
    /// (<c>&lt;|im_end|&gt;</c>) or not (<c>&lt;tool_call&gt;</c>), so it cannot pose as another
    /// turn. The only special token that may come of it is the unknown token of a model that has no
    /// other way to spell a character.
    /// </summary>
    /// <param name="text">Any text; lone surrogates count as U+FFFD.</param>
    public ImmutableArray<TokenId> EncodeOrdinary(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var tokens = new List<TokenId>(text.Length / 3 + 4);
        _encoder.Encode(text, findsAddedTokens: false, tokens);
        return Frozen(tokens);
    }

    /// <summary>Tokens to text. Ids that the vocabulary does not have are left out.</summary>
    /// <param name="tokens">Any ids.</param>
    /// <param name="skipSpecialTokens">Leaves special tokens out.</param>
    public string Decode(ReadOnlySpan<TokenId> tokens, bool skipSpecialTokens)
    {
        var text = CreateDetokenizer(skipSpecialTokens);
        foreach (var token in tokens) text.Push(token);
        return text.Finish();
    }

    /// <summary>True for tokens that are no text, such as <c>&lt;|im_end|&gt;</c>.</summary>
    public bool IsSpecial(TokenId token) => _table.Special.Contains(token.Value);

    /// <summary>
    /// The token so spelled in the vocabulary, added or not; null: there is none.
    /// </summary>
    public TokenId? FindToken(string content)
    {
        ArgumentNullException.ThrowIfNull(content);
        return _table.Find(content) is { } id ? new TokenId(id) : null;
    }

    /// <summary>
    /// The token as the vocabulary spells it (a byte-level " a" is "Ġa"); empty for an id that it
    /// does not have, as the padding at the end of many models' embeddings.
    /// </summary>
    public string TokenText(TokenId token) => _table.Spelling(token.Value) ?? "";

    /// <summary>A detokenizer for one sequence.</summary>
    /// <param name="skipSpecialTokens">Leaves special tokens out of the text.</param>
    public IncrementalDetokenizer CreateDetokenizer(bool skipSpecialTokens) =>
        new(this, _decoder, skipSpecialTokens, []);

    /// <summary>A detokenizer that leaves special tokens out, but for some.</summary>
    /// <param name="shown">Tokens that are text, special or not.</param>
    internal IncrementalDetokenizer CreateDetokenizer(ImmutableArray<TokenId> shown) =>
        new(this, _decoder, skipSpecialTokens: true, shown);

    internal string? DecoderInput(TokenId token) => _table.DecoderInput(token.Value);

    private ImmutableArray<TokenId> Around(bool? adds, string? token) =>
        adds == true && token is not null && FindToken(token) is { } id ? [id] : [];

    private static ImmutableArray<TokenId> Frozen(List<TokenId> tokens) =>
        ImmutableCollectionsMarshal.AsImmutableArray(tokens.ToArray());
}
