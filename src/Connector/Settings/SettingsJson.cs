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

    /// <summary>The settings, without what does not read.</summary>
    /// <param name="settings">Of any type.</param>
    /// <param name="wrong">What does not read, by name.</param>
    /// <exception cref="ChatRequestException">They have no JSON at all.</exception>
    public static PagedLlmPromptExecutionSettings Read(
        PromptExecutionSettings settings, out IReadOnlyDictionary<string, WrongOption> wrong)
    {
        var found = new Dictionary<string, WrongOption>();
        var json = new JsonObject();
        foreach (var (name, value) in Properties(settings, found))
            if (Reads(name, value))
                json[name] = value;
            else
                found[name] = new WrongOption(
                    OptionJson.Show(JsonSerializer.SerializeToElement(value)), Expected(name));
        wrong = found;
        var own = json.Deserialize<PagedLlmPromptExecutionSettings>(Permissive)!;
        // Not from the JSON: that has the functions' names, not the functions.
        own.FunctionChoiceBehavior = settings.FunctionChoiceBehavior;
        return own;
    }

    // Values without JSON, such as a type, are told of and left out.
    private static IEnumerable<(string Name, JsonNode? Value)> Properties(
        PromptExecutionSettings settings, Dictionary<string, WrongOption> wrong)
    {
        var copy = settings;
        if (settings.ExtensionData is { Count: > 0 } data
            && data.Any(pair => OptionJson.Of(pair.Value) is null))
        {
            copy = settings.Clone();
            copy.ExtensionData = data.Where(pair => OptionJson.Of(pair.Value) is not null)
                .ToDictionary(pair => pair.Key, pair => pair.Value);
            foreach (var (name, value) in data)
                if (OptionJson.Of(value) is null)
                    wrong[name] = new WrongOption($"a {value.GetType().Name}", "a JSON value");
        }

        try
        {
            return
            [
                .. JsonSerializer.SerializeToNode(copy, copy.GetType())!.AsObject()
                    .Select(pair => (pair.Key, pair.Value?.DeepClone())),
            ];
        }
        catch (Exception error) when (error is NotSupportedException or JsonException)
        {
            throw new ChatRequestException(
                $"The execution settings cannot be read: {error.Message}", error);
        }
    }

    private static bool Reads(string name, JsonNode? value)
    {
        try
        {
            new JsonObject { [name] = value?.DeepClone() }
                .Deserialize<PagedLlmPromptExecutionSettings>(Permissive);
            return true;
        }
        catch (JsonException)
        {
            return false;
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
