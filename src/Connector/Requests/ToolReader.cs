using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;

namespace SkPaged.Connector.Requests;

/// <summary>Tools -> what the chat template shows of them.</summary>
internal static class ToolReader
{
    /// <summary>The tools in the order given; the same tools always give the same text.</summary>
    /// <exception cref="ChatRequestException">
    /// A tool is no function, or its schema is none.
    /// </exception>
    public static JsonArray Read(IEnumerable<AITool> tools) =>
        new([.. tools.Select(ToJson)]);

    private static JsonNode ToJson(AITool tool) =>
        tool is AIFunctionDeclaration function
            ? new JsonObject
            {
                ["type"] = "function",
                ["function"] = new JsonObject
                {
                    ["name"] = function.Name,
                    ["description"] = function.Description,
                    ["parameters"] = Parameters(function),
                },
            }
            : throw new ChatRequestException(
                $"The tool \"{tool?.Name ?? "null"}\" is a {tool?.GetType().Name ?? "null"}; the "
                + "model takes functions only.");

    // The order of the keys is fixed, as models were trained on one, and "condition", which
    // Semantic Kernel repeats the description in, is no keyword of JSON schema.
    private static JsonObject Parameters(AIFunctionDeclaration function)
    {
        if (function.JsonSchema.ValueKind != JsonValueKind.Object)
            throw NoSchema(function, $"is {function.JsonSchema.GetRawText()}, not an object");
        var given = JsonObject.Create(function.JsonSchema)!;
        if (given["type"] is { } type && !IsObjectType(type))
            throw NoSchema(function, $"has the type {type.ToJsonString()}, not \"object\"");
        if (given["properties"] is { } all and not JsonObject)
            throw NoSchema(function, $"has properties {all.ToJsonString()}, not an object");
        var ordered = new JsonObject
        {
            ["type"] = "object",
            ["properties"] = given["properties"]?.DeepClone() ?? new JsonObject(),
        };
        foreach (var (name, value) in given)
            if (name is not ("type" or "properties" or "condition" or "$schema"))
                ordered[name] = value?.DeepClone();
        return ordered;
    }

    private static bool IsObjectType(JsonNode type) =>
        type is JsonValue value && value.TryGetValue<string>(out var name) && name == "object";

    private static ChatRequestException NoSchema(AIFunctionDeclaration function, string what) =>
        new($"The schema of the tool \"{function.Name}\" {what}.");
}
