using System.Text.Json.Nodes;

namespace SkPaged.TinyModel.Corpus;

/// <summary>A parameter of a tool.</summary>
/// <param name="Name">The name in the schema.</param>
/// <param name="Words">The name as people say it: "table number".</param>
/// <param name="Type">"string", "integer", "number" or "boolean".</param>
/// <param name="Required">Whether a call must give it.</param>
/// <param name="Description">What the schema says of it, or null.</param>
/// <param name="Options">The values that it may have, or null where any will do.</param>
public sealed record ToolParameter(
    string Name, string Words, string Type, bool Required, string? Description,
    IReadOnlyList<string>? Options = null);

/// <summary>A function that the model may call, as the chat template shows it.</summary>
/// <param name="Name">Its name, such as "Weather_GetTemperature".</param>
/// <param name="Description">What it does, or null.</param>
/// <param name="Parameters">Its parameters in the order of the schema.</param>
/// <param name="Style">How its schema is written.</param>
public sealed record Tool(
    string Name, string? Description, IReadOnlyList<ToolParameter> Parameters, SchemaStyle Style)
{
    /// <summary>The function object with its JSON schema, in the spacing of the chat template.</summary>
    public string ToJson() => PythonJson.Write(Style.Function(this));
}

/// <summary>
/// The habits of the libraries that write schemas: order of the keys and what they add. One dialogue has one.
/// </summary>
public sealed record SchemaStyle(
    bool DescriptionFirst, bool RequiredFirst, bool Nullable, bool Closed, bool EmptyDescription)
{
    /// <summary>A style at random.</summary>
    public static SchemaStyle Any(Dice dice) => new(
        dice.Chance(0.5), dice.Chance(0.25), dice.Chance(0.2), dice.Chance(0.12), dice.Chance(0.4));

    /// <summary>The function object of a tool.</summary>
    public JsonObject Function(Tool tool)
    {
        var function = new JsonObject { ["name"] = tool.Name };
        if (tool.Description is not null || EmptyDescription)
            function["description"] = tool.Description ?? "";
        function["parameters"] = Schema(tool.Parameters);
        return new JsonObject { ["type"] = "function", ["function"] = function };
    }

    private JsonObject Schema(IReadOnlyList<ToolParameter> parameters)
    {
        var required = new JsonArray(
            [.. parameters.Where(p => p.Required).Select(p => (JsonNode)JsonValue.Create(p.Name))]);
        var schema = new JsonObject { ["type"] = "object" };
        if (RequiredFirst && required.Count > 0) schema["required"] = required;
        var properties = new JsonObject();
        foreach (var parameter in parameters) properties[parameter.Name] = Property(parameter);
        schema["properties"] = properties;
        if (!RequiredFirst && required.Count > 0) schema["required"] = required;
        if (Closed) schema["additionalProperties"] = false;
        return schema;
    }

    private JsonObject Property(ToolParameter parameter)
    {
        var property = new JsonObject();
        if (DescriptionFirst && parameter.Description is not null)
            property["description"] = parameter.Description;
        property["type"] = Nullable && !parameter.Required
            ? new JsonArray(parameter.Type, "null")
            : parameter.Type;
        if (parameter.Options is { } options)
            property["enum"] = new JsonArray([.. options.Select(o => (JsonNode)JsonValue.Create(o))]);
        if (!DescriptionFirst && parameter.Description is not null)
            property["description"] = parameter.Description;
        if (Nullable && !parameter.Required) property["default"] = null;
        return property;
    }
}
