using System.Text;
using System.Text.Json.Nodes;
using Xunit;

namespace SkPaged.BatchGenerate.Tests;

/// <summary>A bad line is an error for that line, and the rest runs.</summary>
[Collection(nameof(Run))] // one at a time: there is one console
public sealed class BadLineTests
{
    private const string Good = """{"id":"good","prompt":"Hello","max_tokens":2}""";

    // Line, type, part of the message.
    public static TheoryData<string, string, string> Bad => new()
    {
        { "nonsense", "invalid_json", "'nonsense' is an invalid JSON literal." },
        { "[1]", "invalid_json", "The line is no JSON object." },
        { """{"prompt":"a","temperature":NaN}""", "invalid_json", "'N' is an invalid start" },
        { """{"id":"a","id":"b","prompt":"a"}""", "invalid_json", "Duplicate property 'id'" },
        { """{"prompt":"a\ud800b"}""", "invalid_text", "half of a surrogate pair" },
        { """{"prompt":"a","\ud800":1}""", "invalid_text", "half of a surrogate pair" },
        { """{"prompt":"a","temprature":1}""", "unknown_field", "Unknown: temprature. Known: id," },
        { "{}", "invalid_value", "Exactly one of prompt, prompt_token_ids and messages is needed" },
        { """{"prompt":""}""", "prompt_empty", "The prompt has no tokens; at least 1 is needed" },
        { """{"prompt_token_ids":[-1]}""", "token_outside_vocabulary",
            "token -1 at position 0 is outside the vocabulary of 4096" },
        { """{"prompt_token_ids":["a"]}""", "invalid_value", "must be token ids" },
        { """{"prompt":"a","max_tokens":0}""", "parameters_invalid",
            "max_tokens is 0; it must be at least 1." },
        { """{"prompt":"a","max_tokens":1.5}""", "invalid_value",
            "max_tokens is 1.5; it must be a whole number." },
        { """{"prompt":"a","max_tokens":2,"min_tokens":3}""", "parameters_invalid",
            "min_tokens is 3; it must be from 0 to max_tokens (2)." },
        { """{"prompt":"a","temperature":-1,"top_p":2,"min_p":3}""", "parameters_invalid",
            "temperature is -1; it must be from 0 to 10. top_p is 2; it must be above 0 and at "
            + "most 1. min_p is 3; it must be from 0 to 1." },
        { """{"prompt":"a","temperature":1e999}""", "parameters_invalid",
            "temperature is Infinity; it must be from 0 to 10." },
        { """{"prompt":"a","logit_bias":{"x":1}}""", "invalid_value",
            "logit_bias is {\"x\":1}; it must be an object from token ids, each once, to numbers" },
        { """{"prompt":"a","logit_bias":{"1":1,"01":2}}""", "invalid_value", "each once" },
        { """{"prompt":"a","logit_bias":{"9999":1}}""", "parameters_invalid",
            "logit_bias token is 9999; it must be from 0 to 4095." },
        { """{"prompt":"a","stop":""}""", "invalid_value", "stop has an empty string." },
        { """{"prompt":"a","stop":[1]}""", "invalid_value",
            "stop is 1; it must be a string or a list of strings." },
        { """{"prompt":"a","stop_token_ids":[9999]}""", "parameters_invalid",
            "stop token is 9999; it must be from 0 to 4095." },
        { """{"prompt":"a","seed":1.5}""", "invalid_value",
            "seed is 1.5; it must be a whole number of 64 bits." },
        { """{"prompt":"a","n":1.5}""", "invalid_value", "n is 1.5; it must be a whole number." },
        { """{"prompt":"a","n":0,"best_of":-1}""", "parameters_invalid",
            "n is 0; it must be at least 1. best_of is -1; it must be at least 1." },
        { """{"prompt":"a","n":300}""", "parameters_invalid",
            "n is 300; it must be at most 256, the sequences that run at once." },
        { """{"prompt":"a","n":3,"best_of":2}""", "parameters_invalid",
            "best_of is 2; it must be at least n (3)." },
        { """{"prompt":"a","best_of":"2"}""", "invalid_value",
            "best_of is \"2\"; it must be a whole number." },
        { """{"prompt":"a","beam_width":1,"length_penalty":11}""", "parameters_invalid",
            "beam_width is 1; it must be from 2 to 16. length_penalty is 11; it must be from -10 "
            + "to 10." },
        { """{"prompt":"a","beam_width":2.5}""", "invalid_value",
            "beam_width is 2.5; it must be a whole number." },
        { """{"prompt":"a","beam_width":2,"length_penalty":"long"}""", "invalid_value",
            "length_penalty is \"long\"; it must be a number." },
        { """{"prompt":"a","beam_width":2,"early_stopping":"no"}""", "invalid_value",
            "early_stopping is \"no\"; it must be true, false or \"never\"." },
        { """{"prompt":"a","length_penalty":1}""", "invalid_value",
            "length_penalty needs a beam_width." },
        { """{"prompt":"a","early_stopping":false}""", "invalid_value",
            "early_stopping needs a beam_width." },
        { """{"prompt":"a","beam_width":2,"stop":"b"}""", "invalid_value",
            "stop cannot go with beam_width: the text of a beam is known when all have ended. "
            + "stop_token_ids can." },
        { """
          {"prompt":"a","beam_width":2,"n":3,"best_of":4,"temperature":0.5,"top_k":5,
          "top_p":0.5,"min_p":0.25,"logprobs":1}
          """.ReplaceLineEndings(""), "parameters_invalid",
            "n is 3; it must be at most beam_width (2). best_of is 4; it must be unset with "
            + "beam_width. temperature is 0.5; it must be 0 with beam_width. top_k is 5; it must "
            + "be 0 with beam_width. top_p is 0.5; it must be 1 with beam_width. min_p is 0.25; "
            + "it must be 0 with beam_width. logprobs is 1; it must be unset with beam_width." },
        { """{"prompt":"a","logprobs":99}""", "parameters_invalid",
            "logprobs is 99; it must be from 0 to 20." },
        { """{"prompt":"a","priority":3}""", "parameters_invalid",
            "priority is 3; it must be 0 under any policy but priority." },
        { """{"prompt":"a","priority":0.5}""", "invalid_value",
            "priority is 0.5; it must be a whole number." },
        { """{"prompt":"a","tenant":5}""", "invalid_value", "tenant is 5; it must be a string." },
        { $$"""{"prompt":"a","cache_salt":"{{new string('s', 257)}}"}""", "parameters_invalid",
            "length of cache_salt is 257; it must be at most 256." },
        { """{"messages":[]}""", "invalid_value", "messages is empty; at least one is needed." },
        { """{"messages":[1]}""", "invalid_value", "messages[0] is 1; it must be an object." },
        { """{"messages":[{"content":"a"}]}""", "invalid_value",
            "messages[0] has the role null; it must be one of system, developer, user," },
        { """{"messages":[{"role":"robot","content":"a"}]}""", "invalid_value",
            "messages[0] has the role \"robot\"; it must be one of" },
        { """{"messages":[{"role":"user","content":5}]}""", "invalid_value",
            "messages[0] has the content 5; it must be a string or a list of parts." },
        { Tool("1"), "invalid_value", "tools[0] is 1; it must be {\"type\": \"function\"," },
        { Tool("""{"function":{"name":"f","parameters":"x"}}"""), "invalid_value",
            "The schema of the tool \"f\" is \"x\"; it must be an object." },
        { Tool("""{"function":{"name":"f","parameters":{"type":"array"}}}"""), "invalid_value",
            "The schema of the tool \"f\" has the type \"array\"; it must be \"object\"." },
    };

    [Fact]
    public void Each_bad_line_is_told_what_is_wrong_and_the_good_ones_run()
    {
        var lines = Bad.SelectMany(bad => new[] { $"{bad[0]}", Good }).ToList();
        var run = Run.Of(string.Join('\n', lines));
        Assert.Equal(1, run.Code);
        Assert.Equal(lines.Count, run.Lines.Count);
        foreach (var (index, bad) in Bad.Index())
        {
            AssertError($"{bad[1]}", $"{bad[2]}", run.Lines[2 * index]);
            Assert.Equal("good", $"{run.Lines[2 * index + 1]["id"]}");
            Assert.Equal(2, run.Lines[2 * index + 1]["outputs"]![0]!["token_ids"]!.AsArray().Count);
        }
    }

    [Fact]
    public void A_line_that_is_no_UTF_8_is_told_so_and_a_mark_at_the_start_is_none_of_it()
    {
        byte[] input =
        [
            0xEF, 0xBB, 0xBF,
            .. Encoding.UTF8.GetBytes(Good + "\n{\"id\":\"bad\",\"prompt\":\"a"),
            0xFF, 0xFE,
            .. Encoding.UTF8.GetBytes("\"}\n" + Good),
        ];
        var run = Run.Of(input);
        Assert.Equal(1, run.Code);
        Assert.NotNull(run.Lines[0]["outputs"]);
        AssertError("invalid_text", "it has invalid UTF-8", run.Lines[1]);
        Assert.NotNull(run.Lines[2]["outputs"]);
    }

    [Fact]
    public void A_prompt_longer_than_the_pool_or_the_model_is_told_with_the_numbers()
    {
        var words = string.Concat(Enumerable.Repeat("hello world ", 60));
        var run = Run.Of($$"""{"prompt":"{{words}}"}""", "--block-size", "8");
        AssertError(
            "prompt_exceeds_pool",
            "240 tokens; the KV cache of 16 blocks of 8 tokens takes at most 127.", run.Lines[0]);
        var longer = string.Concat(Enumerable.Repeat(words, 10));
        AssertError(
            "prompt_too_long", "2400 tokens; the model takes at most 2047.",
            Run.Of($$"""{"prompt":"{{longer}}"}""", "--kv-blocks", "200").Lines[0]);
    }

    // An id is the caller's own: it is handed back and not looked at.
    [Fact]
    public void Lines_may_have_the_same_id_or_none()
    {
        var run = Run.Of($"{Good}\n\n{Good}\n{{\"prompt\":\"Hello\",\"max_tokens\":1}}");
        Assert.Equal(0, run.Code);
        Assert.Equal(["good", "good", "4"], run.Lines.Select(line => $"{line["id"]}"));
    }

    // Of both more than may run at once, and than the engine takes unread.
    [Theory]
    [InlineData(75, 128)]
    [InlineData(9000, 1)]
    public void However_many_samples_are_asked_for_none_is_refused(int lines, int samples)
    {
        var line = $$"""{"prompt":"Hello","max_tokens":1,"n":{{samples}}}""";
        var run = Run.Of(string.Join('\n', Enumerable.Repeat(line, lines)), "--kv-blocks", "256");
        Assert.Equal(0, run.Code);
        Assert.All(run.Lines, answer => Assert.Equal(samples, answer["outputs"]!.AsArray().Count));
        Assert.Equal(lines, run.Lines.Count);
    }

    private static string Tool(string tool) =>
        $$"""{"messages":[{"role":"user","content":"a"}],"tools":[{{tool}}]}""";

    private static void AssertError(string type, string message, JsonObject line)
    {
        Assert.Equal(type, $"{line["error"]?["type"]}");
        Assert.Contains(message, $"{line["error"]?["message"]}", StringComparison.Ordinal);
    }
}
