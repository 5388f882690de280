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
    /// Sees whether a folder and options can be taken, without loading the model: what it throws,
    /// <see cref="Load"/> would throw.
    /// </summary>
    public static void Check(string folder, PagedLlmEngineOptions options)
    {
        var path = Existing(folder);
        LlmEngine.Check(path, options.ToEngineOptions(ModelIdOf(path, options)));
        if (options.ChatTemplate is not null)
            Compiled(path, options, options.ChatTemplate, null);
    }

    /// <summary>
    /// Loads all of them from a folder: what is quick to check first, the weights last.
    /// </summary>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="ModelFolderException">The folder lacks what a chat model needs.</exception>
    public static EngineParts Load(
        string folder, PagedLlmEngineOptions options, ILoggerFactory? loggerFactory)
    {
        var path = Existing(folder);
        var modelId = ModelIdOf(path, options);
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

    private static string Existing(string folder)
    {
        var path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        return Directory.Exists(path)
            ? path
            : throw new DirectoryNotFoundException($"There is no model folder \"{path}\".");
    }

    private static string ModelIdOf(string path, PagedLlmEngineOptions options) =>
        options.ModelId ?? Path.GetFileName(path);

    private static ChatTemplates LoadTemplates(
        string path, PagedLlmEngineOptions options, TextTokenizer tokenizer)
    {
        var template = options.ChatTemplate
            ?? tokenizer.ChatTemplate
            ?? throw new ModelFolderException(
                $"\"{path}\" has no chat template in chat_template.jinja or "
                + "tokenizer_config.json; give one as the option ChatTemplate.");
        return Compiled(
            path, options, template,
            options.ChatTemplate is null ? tokenizer.ToolUseChatTemplate : null);
    }

    private static ChatTemplates Compiled(
        string path, PagedLlmEngineOptions options, string template, string? toolUse)
    {
        try
        {
            return ChatTemplates.Compile(template, toolUse, options.ToolCalls);
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
