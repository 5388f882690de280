using System.Collections.Immutable;
using System.Text.Json.Nodes;
using SkPaged.Connector;
using SkPaged.Connector.Templates;
using SkPaged.Connector.Text;
using SkPaged.Engine.Cuda;
using SkPaged.Engine.Pure;

namespace SkPaged.BatchGenerate;

/// <summary>
/// A model with whatever of text its folder has: tokens go without a tokenizer, prompts need one,
/// conversations a chat template too.
/// </summary>
internal sealed class BatchModel : IDisposable
{
    public const string Embedded = "embedded";

    private readonly ChatTemplate? _template;

    private BatchModel(string name, LlmEngine engine, TextTokenizer? tokenizer)
    {
        (Name, Engine, Tokenizer) = (name, engine, tokenizer);
        _template = tokenizer?.ChatTemplate is { } source ? ChatTemplate.Compile(source) : null;
    }

    public string Name { get; }

    public LlmEngine Engine { get; }

    public TextTokenizer? Tokenizer { get; }

    public ImmutableArray<TokenId> EndTokens => Engine.GenerationDefaults.EndOfSequence;

    public SamplingParams SamplingDefaults => Engine.GenerationDefaults.ToSamplingParams();

    public static BatchModel Load(string model, LlmEngineOptions options)
    {
        var folder = model == Embedded ? EmbeddedModel.Extract() : model;
        var hasTokenizer = File.Exists(Path.Combine(folder, "tokenizer.json"));
        var tokenizer = hasTokenizer ? TextTokenizer.Load(folder) : null;
        return new BatchModel(model, LlmEngine.Load(folder, options, new BatchLog()), tokenizer);
    }

    public ImmutableArray<TokenId> Tokens(PromptSource prompt) =>
        prompt switch
        {
            PromptSource.Tokens(var tokens) => tokens,
            PromptSource.Text(var text) => Needed(Tokenizer, "prompt", "tokenizer")
                .Encode(text, addSpecialTokens: true),
            PromptSource.Chat chat => Needed(Tokenizer, "messages", "tokenizer")
                .Encode(Render(chat), addSpecialTokens: false),
            _ => throw new InvalidOperationException($"No such prompt: {prompt}"),
        };

    public void Dispose() => Engine.Dispose();

    private string Render(PromptSource.Chat chat)
    {
        try
        {
            return Needed(_template, "messages", "chat template").Render(new JsonObject
            {
                ["messages"] = chat.Messages.DeepClone(),
                ["tools"] = chat.Tools?.DeepClone(),
                ["add_generation_prompt"] = true,
                ["bos_token"] = Tokenizer?.BosToken,
                ["eos_token"] = Tokenizer?.EosToken,
            });
        }
        catch (ChatTemplateException wrong)
        {
            throw new LineException("chat_template", wrong.Message);
        }
    }

    private T Needed<T>(T? part, string field, string what)
        where T : class =>
        part ?? throw new LineException("invalid_value",
            $"{field} needs a {what}; {Name} has none.");
}
