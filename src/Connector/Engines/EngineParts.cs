using Microsoft.Extensions.Logging;
using SkPaged.Connector.Requests;
using SkPaged.Connector.Text;
using SkPaged.Engine.Cuda;

namespace SkPaged.Connector.Engines;

/// <summary>What a chat engine is made of.</summary>
/// <param name="ModelId">The model's name.</param>
/// <param name="Loop">Takes tokens, gives tokens.</param>
/// <param name="Owner">Disposed after the loop: whatever holds the model.</param>
/// <param name="Tokenizer">The model's.</param>
/// <param name="Templates">The model's.</param>
/// <param name="Defaults">What holds where a request says nothing.</param>
/// <param name="MaxLength">Tokens that prompt and output may have together.</param>
internal sealed record EngineParts(
    string ModelId,
    EngineLoop Loop,
    IDisposable Owner,
    TextTokenizer Tokenizer,
    ChatTemplates Templates,
    ModelDefaults Defaults,
    int MaxLength)
{
    /// <summary>Loads all of them from a folder.</summary>
    /// <exception cref="ModelFolderException">The folder lacks what a chat model needs.</exception>
    public static EngineParts Load(
        string folder, PagedLlmEngineOptions options, ILoggerFactory? loggerFactory) =>
        throw new NotSupportedException(folder + options + loggerFactory);

    /// <summary>Makes requests of messages.</summary>
    public ChatRequestBuilder CreateRequestBuilder() =>
        new(ModelId, Tokenizer, Templates, Templates.ToolCalls, Defaults, MaxLength);
}
