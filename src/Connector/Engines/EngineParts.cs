using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using SkPaged.Connector.Requests;
using SkPaged.Connector.Templates;
using SkPaged.Connector.Text;
using SkPaged.Engine.Cuda;
using SkPaged.Engine.Pure;

namespace SkPaged.Connector.Engines;

/// <summary>What a chat engine is made of.</summary>
/// <param name="ModelId">The model's name.</param>
/// <param name="Loop">Takes tokens, gives tokens; owns the model.</param>
/// <param name="Tokenizer">The model's.</param>
/// <param name="Templates">The model's.</param>
/// <param name="Defaults">What holds where a request says nothing.</param>
/// <param name="MaxLength">Tokens that prompt and output may have together.</param>
internal sealed record EngineParts(
    string ModelId,
    EngineLoop Loop,
    TextTokenizer Tokenizer,
    ChatTemplates Templates,
    ModelDefaults Defaults,
    int MaxLength)
{
    /// <summary>The engine's other limits; null = it tells of them itself.</summary>
    public EngineLimits? Limits { get; init; }

    /// <summary>
    /// Loads all of them from a folder: what is quick to check first, the weights last.
    /// </summary>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="ModelFolderException">The folder lacks what a chat model needs.</exception>
    public static EngineParts Load(
        string folder, PagedLlmEngineOptions options, ILoggerFactory? loggerFactory)
    {
        var path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        if (!Directory.Exists(path))
            throw new DirectoryNotFoundException($"There is no model folder \"{path}\".");
        var modelId = options.ModelId ?? Path.GetFileName(path);
        var tokenizer = TextTokenizer.Load(path);
        var templates = LoadTemplates(path, options, tokenizer);
        var engine = LlmEngine.Load(
            path, options.ToEngineOptions(modelId), loggerFactory?.CreateLogger<LlmEngine>());
        return new EngineParts(
            modelId,
            engine.Loop,
            tokenizer,
            templates,
            DefaultsOf(engine, tokenizer),
            engine.SchedulerConfig.MaxServableLength)
        {
            Limits = EngineLimits.Of(engine.SchedulerConfig),
        };
    }

    /// <summary>Makes requests of messages.</summary>
    public ChatRequestBuilder CreateRequestBuilder() =>
        new(ModelId, Tokenizer, Templates, Templates.ToolCalls, Defaults, MaxLength, Limits);

    private static ChatTemplates LoadTemplates(
        string path, PagedLlmEngineOptions options, TextTokenizer tokenizer)
    {
        var template = options.ChatTemplate
            ?? tokenizer.ChatTemplate
            ?? throw new ModelFolderException(
                $"\"{path}\" has no chat template in chat_template.jinja or "
                + "tokenizer_config.json; give one as the option ChatTemplate.");
        try
        {
            return ChatTemplates.Compile(
                template,
                options.ChatTemplate is null ? tokenizer.ToolUseChatTemplate : null,
                options.ToolCalls);
        }
        catch (ChatTemplateException error)
        {
            throw new ModelFolderException(
                (options.ChatTemplate is null
                    ? $"The chat template of \"{path}\""
                    : "The template given as the option ChatTemplate")
                + $" does not compile: {error.Message}", error);
        }
    }

    // Models tuned for chat often name the end of a turn as the tokenizer's end token only.
    private static ModelDefaults DefaultsOf(LlmEngine engine, TextTokenizer tokenizer)
    {
        var defaults = ModelDefaults.Of(
            engine.GenerationDefaults, engine.ModelConfig.VocabularySize);
        return tokenizer.EosToken is { } text && tokenizer.FindToken(text) is { } token
            ? defaults with { EndTokens = [.. defaults.EndTokens.Append(token).Distinct()] }
            : defaults;
    }
}
