using SkPaged.Connector.ToolCalls;
using Xunit;

namespace SkPaged.Connector.Tests.ToolCalls;

/// <summary>
/// What holds of any answer, most of all of those that nearly are calls: answers here are random
/// sequences of marks, halves of marks, JSON whole and broken, space and words.
/// </summary>
public sealed class SplitterLawTests
{
    private const string Json = "{\"name\": \"add\", \"arguments\": {\"a\": 1}}";

    // What any answer may have, most of it in nobody's form.
    private static readonly string[] Shards =
    [
        "<tool_call>", "</tool_call>", "<tool_", "call>", "<|python_tag|>", "<|python", "_tag|>",
        "[TOOL_CALLS]", "[TOOL_", "CALLS]", "[ARGS]", "[CALL_ID]", "[AR", "GS]", "[", "]", ",",
        ";", "{", "}", "\"", "\\", "\n", " ", "\n\n", "x", "name", "add", "words and more", Json,
        "{\"name\": \"say\", \"parameters\": {\"t\": \"}{\\\"\"}}",
        "{\"name\": \"add\"}", "{\"other\": {}}", "{\"a\": [1, {}]}", "{\"name\": \"cut",
        "{}", "é🙂",
    ];

    // What a family's calls are made of.
    private static readonly Dictionary<string, string[]> Own = new()
    {
        ["Hermes"] =
            ["<tool_call>", "\n<tool_call>\n", Json, "</tool_call>", "\n</tool_call>", "\n"],
        ["Llama"] = ["<|python_tag|>", Json, ";", "\n"],
        ["Mistral"] =
        [
            "[TOOL_CALLS]", "[TOOL_CALLS] [", Json, ", ", "]", "[TOOL_CALLS]add[ARGS]",
            "[CALL_ID]abc", "{\"a\": 1}",
        ],
    };

    public static TheoryData<string, ulong> Rounds
    {
        get
        {
            var rounds = new TheoryData<string, ulong>();
            foreach (var format in Formats.Keys)
                for (var seed = 0ul; seed < 4; seed++)
                    rounds.Add(format, seed);
            return rounds;
        }
    }

    private static Dictionary<string, ToolCallFormat> Formats { get; } = new()
    {
        ["Hermes"] = HermesFormat.Instance,
        ["Llama"] = new LlamaFormat(OneCall: false),
        ["Mistral"] = new MistralFormat(Named: false, " "),
    };

    [Theory]
    [MemberData(nameof(Rounds))]
    public void However_an_answer_is_cut_its_parts_are_the_same_and_give_it_back(
        string format, ulong seed)
    {
        var random = new Random((int)seed);
        var calls = 0;
        for (var round = 0; round < 500; round++)
        {
            var answer = string.Concat(Enumerable.Range(0, 1 + random.Next(9))
                .Select(_ => random.Next(4) == 0 ? Shards : Own[format])
                .Select(shards => shards[random.Next(shards.Length)]));
            var whole = new Split(Formats[format]);
            whole.Push(answer);
            Assert.Equal(answer, whole.Complete().Source);
            foreach (var longest in (int[])[1, 4])
                Assert.Equal(
                    whole.Parts, Split.Of(Formats[format], answer, longest, random).Parts);
            calls += whole.Calls.Count();
        }

        Assert.True(calls >= 20, $"{calls} calls only: the answers are not what they should be");
    }

    [Theory]
    [MemberData(nameof(Rounds))]
    public void Words_are_told_at_once(string format, ulong seed)
    {
        var random = new Random((int)seed);
        var split = new Split(Formats[format]);
        foreach (var word in Enumerable.Range(0, 50).Select(_ => $"word{random.Next(100)} "))
            Assert.Equal(word, split.Push(word));
    }

    // What is put around a call never makes it another call.
    [Theory]
    [InlineData("Hermes", "<tool_call>{0}</tool_call>")]
    [InlineData("Llama", "<|python_tag|>{0}")]
    [InlineData("Mistral", "[TOOL_CALLS][{0}]")]
    public void A_call_between_words_is_that_call(string format, string form)
    {
        const string Braces = "{\"name\": \"add\", \"arguments\": {\"a\": \"}{\"}}";
        Split.Is(
            Formats[format],
            $"before {form.Replace("{0}", Braces, StringComparison.Ordinal)} after",
            "before  after",
            ["add {\"a\":\"}{\"}"]);
    }
}
