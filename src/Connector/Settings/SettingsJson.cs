using System.Collections.Immutable;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Microsoft.SemanticKernel;
using SkPaged.Connector.Requests;
using SkPaged.Engine.Pure;

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
        var json = JsonSerializer.SerializeToElement(settings, settings.GetType());
        try
        {
            var own = json.Deserialize<PagedLlmPromptExecutionSettings>(Permissive)!;
            // Not from the JSON: that has the functions' names, not the functions.
            own.FunctionChoiceBehavior = settings.FunctionChoiceBehavior;
            return own;
        }
        catch (JsonException error)
        {
            ImmutableArray<ParameterError> wrong = [.. json.EnumerateObject().SelectMany(Wrong)];
            throw wrong.IsEmpty
                ? new ChatRequestException(
                    $"The execution settings cannot be read: {error.Message}", error)
                : new ChatOptionsException(wrong);
        }
    }

    // The reader stops at the first value that does not read; each is tried alone to name them all.
    private static IEnumerable<ParameterError> Wrong(JsonProperty property)
    {
        try
        {
            new JsonObject { [property.Name] = JsonNode.Parse(property.Value.GetRawText()) }
                .Deserialize<PagedLlmPromptExecutionSettings>(Permissive);
            return [];
        }
        catch (JsonException)
        {
            return
            [
                new ParameterError(
                    property.Name, OptionJson.Show(property.Value), Expected(property.Name)),
            ];
        }
    }

    private static string Expected(string name) =>
        typeof(PagedLlmPromptExecutionSettings)
            .GetProperties()
            .FirstOrDefault(property => name.Equals(
                property.GetCustomAttribute<JsonPropertyNameAttribute>()?.Name,
                StringComparison.OrdinalIgnoreCase))
            ?.PropertyType switch
        {
            var type when type == typeof(float?) => "a number",
            var type when type == typeof(int?) || type == typeof(long?) => "a whole number",
            var type when type == typeof(bool?) => "true or false",
            var type when type == typeof(string) => "a text",
            var type when type == typeof(EarlyStopping?) => "true, false or \"never\"",
            var type when type == typeof(IList<int>) => "token ids",
            var type when type == typeof(IDictionary<int, int>) => "biases by token id",
            _ => "a text or texts",
        };
}
