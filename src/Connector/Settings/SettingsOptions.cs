using Microsoft.Extensions.AI;
using Microsoft.SemanticKernel;

namespace SkPaged.Connector.Settings;

/// <summary>Execution settings as the chat client takes them.</summary>
/// <param name="Settings">As this connector's, without what does not read.</param>
/// <param name="Options">All of them; what does not read is there, to be told of.</param>
internal sealed record SettingsOptions(
    PagedLlmPromptExecutionSettings Settings, ChatOptions Options)
{
    /// <summary>
    /// The options, never null: without them the kernel, and with it the filters, would be lost.
    /// </summary>
    /// <exception cref="ChatRequestException">The settings cannot be read at all.</exception>
    public static SettingsOptions Of(PromptExecutionSettings? settings, Kernel? kernel)
    {
        if (settings is null or PagedLlmPromptExecutionSettings)
        {
            var own = settings as PagedLlmPromptExecutionSettings
                ?? new PagedLlmPromptExecutionSettings();
            return new SettingsOptions(own, own.ToChatOptions(kernel)!);
        }

        var read = SettingsJson.Read(settings, out var wrong);
        var options = read.ToChatOptions(kernel)!;
        foreach (var (name, value) in wrong)
            (options.AdditionalProperties ??= [])[name] = value;
        return new SettingsOptions(read, options);
    }
}
