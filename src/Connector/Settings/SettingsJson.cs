using System.Text.Json;
using Microsoft.SemanticKernel;

namespace SkPaged.Connector.Settings;

/// <summary>Settings of another type, read by their JSON names.</summary>
internal static class SettingsJson
{
    private static readonly JsonSerializerOptions Permissive = new()
    {
        AllowTrailingCommas = true,
        PropertyNameCaseInsensitive = true,
        ReadCommentHandling = JsonCommentHandling.Skip,
    };

    public static PagedLlmPromptExecutionSettings Convert(PromptExecutionSettings settings)
    {
        var json = JsonSerializer.Serialize(settings, settings.GetType());
        try
        {
            var own = JsonSerializer.Deserialize<PagedLlmPromptExecutionSettings>(
                json, Permissive)!;
            // Not from the JSON: that has the functions' names, not the functions.
            own.FunctionChoiceBehavior = settings.FunctionChoiceBehavior;
            return own;
        }
        catch (JsonException error)
        {
            throw new ChatRequestException(
                $"The execution settings cannot be read: {error.Message}", error);
        }
    }
}
