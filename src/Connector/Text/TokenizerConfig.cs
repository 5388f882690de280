using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;

namespace SkPaged.Connector.Text;

/// <summary>
/// What a tokenizer_config.json says beyond the tokenizer.json; special_tokens_map.json and
/// chat_template files fill in what it leaves out.
/// </summary>
internal sealed record TokenizerConfig
{
    public static TokenizerConfig Empty { get; } = new();

    public string? BosToken { get; private init; }
    public string? EosToken { get; private init; }
    public string? PadToken { get; private init; }
    public string? UnknownToken { get; private init; }
    public ImmutableArray<string> MoreSpecialTokens { get; private init; } = [];

    /// <summary>
    /// Null: the file does not say, and the tokenizer.json's post-processor decides.
    /// </summary>
    public bool? AddBosToken { get; private init; }

    /// <inheritdoc cref="AddBosToken"/>
    public bool? AddEosToken { get; private init; }
    public ImmutableArray<AddedToken> AddedTokens { get; private init; } = [];
    public string? ChatTemplate { get; private init; }
    public string? ToolUseChatTemplate { get; private init; }

    /// <summary>What was read first wins; <paramref name="other"/> fills the gaps.</summary>
    public TokenizerConfig Or(TokenizerConfig other) => this with
    {
        BosToken = BosToken ?? other.BosToken,
        EosToken = EosToken ?? other.EosToken,
        PadToken = PadToken ?? other.PadToken,
        UnknownToken = UnknownToken ?? other.UnknownToken,
        MoreSpecialTokens = [.. MoreSpecialTokens.Union(other.MoreSpecialTokens)],
        AddBosToken = AddBosToken ?? other.AddBosToken,
        AddEosToken = AddEosToken ?? other.AddEosToken,
        AddedTokens = [.. AddedTokens, .. other.AddedTokens],
        ChatTemplate = ChatTemplate ?? other.ChatTemplate,
        ToolUseChatTemplate = ToolUseChatTemplate ?? other.ToolUseChatTemplate,
    };

    /// <summary>A chat_template.jinja, which outranks the one in the JSON.</summary>
    public static TokenizerConfig OfTemplate(string template) =>
        new() { ChatTemplate = template };

    public static TokenizerConfig Read(JsonElement json, TokenizerFile file)
    {
        var (template, toolUse) = ReadTemplates(json, file);
        return new()
        {
            BosToken = Token(json, "bos_token", file),
            EosToken = Token(json, "eos_token", file),
            PadToken = Token(json, "pad_token", file),
            UnknownToken = Token(json, "unk_token", file),
            MoreSpecialTokens = ReadMore(json, file),
            AddBosToken = file.BoolOrNull(json, "add_bos_token", "content"),
            AddEosToken = file.BoolOrNull(json, "add_eos_token", "content"),
            AddedTokens = ReadAdded(json, file),
            ChatTemplate = template,
            ToolUseChatTemplate = toolUse,
        };
    }

    // "<s>" or {"content": "<s>", ...}.
    private static string? Token(JsonElement json, string name, TokenizerFile file) =>
        TokenizerFile.Optional(json, name) is { } token ? Content(token, name, file) : null;

    private static string Content(JsonElement token, string name, TokenizerFile file) =>
        token.ValueKind == JsonValueKind.Object
            ? file.String(token, "content", name)
            : file.AsString(token, name);

    private static ImmutableArray<string> ReadMore(JsonElement json, TokenizerFile file)
    {
        const string Name = "additional_special_tokens";
        return TokenizerFile.Optional(json, Name) is null
            ? []
            : [.. file.Array(json, Name, "content").Select(each => Content(each, Name, file))];
    }

    private static ImmutableArray<AddedToken> ReadAdded(JsonElement json, TokenizerFile file)
    {
        const string Name = "added_tokens_decoder";
        if (TokenizerFile.Optional(json, Name) is not { } added) return [];
        if (added.ValueKind != JsonValueKind.Object) throw file.Broken(Name, "must be an object");
        return [.. added.EnumerateObject().Select(each => AddedToken.Read(
            each.Value,
            int.TryParse(each.Name, NumberStyles.None, CultureInfo.InvariantCulture, out var id)
                ? id
                : throw file.Broken(Name, $"'{each.Name}' is not an id"),
            file))];
    }

    // A string, or [{"name": "default", "template": "..."}, {"name": "tool_use", ...}].
    private static (string? Default, string? ToolUse) ReadTemplates(
        JsonElement json, TokenizerFile file)
    {
        const string Name = "chat_template";
        if (TokenizerFile.Optional(json, Name) is not { } template) return (null, null);
        if (template.ValueKind != JsonValueKind.Array) return (file.AsString(template, Name), null);
        var named = template.EnumerateArray().ToDictionary(
            each => file.String(each, "name", Name), each => file.String(each, "template", Name));
        return (named.GetValueOrDefault("default"), named.GetValueOrDefault("tool_use"));
    }
}
