using System.Text.Json.Nodes;
using Xunit;

namespace SkPaged.Connector.Tests.Templates;

/// <summary>Where the data of the template tests is.</summary>
internal static class TemplateFiles
{
    private static string Root { get; } = Repository.File("");

    public static JsonArray Goldens() => Read(
        Path.Combine(Root, "tests", "Connector", "Templates", "Data", "goldens.json")).AsArray();

    /// <summary>A file of the reference data; skips the test where it is not at hand.</summary>
    public static JsonNode Reference(params string[] path)
    {
        var file = Path.Combine([Root, "..", "shared", "data", .. path]);
        Skip.IfNot(File.Exists(file), $"the reference data {file} is not here");
        return Read(file);
    }

    private static JsonNode Read(string file) =>
        JsonNode.Parse(File.ReadAllText(file))
        ?? throw new InvalidOperationException($"{file} holds null");
}
