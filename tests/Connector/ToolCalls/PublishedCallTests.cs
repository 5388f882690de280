using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using SkPaged.Connector.ToolCalls;
using Xunit;

namespace SkPaged.Connector.Tests.ToolCalls;

/// <summary>
/// Answers with calls as those write them who publish the formats, mistral-common for five versions
/// of its models and llama-models for Llama 3: Data/make-published.py. Each is taken apart at every
/// place where a stream may cut it.
/// </summary>
public sealed class PublishedCallTests
{
    private static readonly JsonArray s_rows = Read();

    public static TheoryData<string> Sources =>
        [.. s_rows.Select(row => (string)row!["by"]!).Distinct()];

    [Theory]
    [MemberData(nameof(Sources))]
    public void A_published_answer_has_its_text_its_calls_and_their_ids(string source)
    {
        var rows = Of(source);
        Assert.True(rows.Count >= 15, $"{rows.Count} rows only");
        Assert.All(rows, row =>
        {
            var answer = (string)row["answer"]!;
            var expected = Expected(row);
            for (var cut = 0; cut <= answer.Length; cut++)
                Assert.Equal(expected, Shown(row, [answer[..cut], answer[cut..]]));
            Assert.Equal(
                expected, Shown(row, [.. answer.Select(letter => $"{letter}")]));
        });
    }

    [Fact]
    public void All_that_may_come_of_a_format_is_among_them()
    {
        Assert.Equal(6, s_rows.Select(row => (string)row!["by"]!).Distinct().Count());
        Assert.Contains(s_rows, row => row!["calls"]!.AsArray().Count == 3);
        Assert.Contains(s_rows, row => row!["calls"]!.AsArray().Count == 0);
        Assert.Contains(s_rows, row => Says(row!) && row!["calls"]!.AsArray().Count > 0);
        Assert.Contains(s_rows, row => ((string)row!["answer"]!).Contains("[CALL_ID]"));

        static bool Says(JsonNode row) => ((string)row["text"]!).Length > 0;
    }

    private static List<JsonNode> Of(string source) =>
        [.. s_rows.OfType<JsonNode>().Where(row => (string)row["by"]! == source)];

    private static string Expected(JsonNode row) =>
        (string)row["text"]! + string.Concat(row["calls"]!.AsArray().Select(call =>
            $"\n{(string?)call!["id"]} {(string)call["name"]!} {Canonical(call["arguments"]!)}"));

    private static string Shown(JsonNode row, string[] pieces)
    {
        var format = (string)row["family"]! == "Llama"
            ? (ToolCallFormat)new LlamaFormat(OneCall: false)
            : new MistralFormat(Named: false, "");
        List<SplitPart> parts = [];
        var splitter = format.CreateSplitter();
        foreach (var piece in pieces)
            splitter.Push(piece, parts);
        splitter.Complete(parts);
        Assert.Equal(
            string.Concat(pieces), string.Concat(parts.Select(part => part.Source)));
        return string.Concat(parts.Where(part => part.Kind == SplitKind.Text)
                .Select(part => part.Source))
            + string.Concat(parts.Select(part => part.Call).OfType<ToolCall>()
                .Select(call => $"\n{call.Id} {call.Name} {Canonical(call)}"));
    }

    private static string Canonical(ToolCall call) =>
        Canonical(new JsonObject(call.Arguments.Select(
            pair => KeyValuePair.Create(pair.Key, JsonNode.Parse(pair.Value.GetRawText())))));

    private static string Canonical(JsonNode arguments) => arguments.ToJsonString();

    private static JsonArray Read([CallerFilePath] string here = "") =>
        JsonNode.Parse(File.ReadAllText(
            Path.Combine(Path.GetDirectoryName(here)!, "Data", "published-calls.json")))!.AsArray();
}
