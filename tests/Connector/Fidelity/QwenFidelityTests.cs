using Microsoft.Extensions.AI;
using SkPaged.Connector.Tests.Scripted;
using SkPaged.Connector.Tests.Templates;
using Xunit;

namespace SkPaged.Connector.Tests.Fidelity;

/// <summary>
/// The law under Qwen 3's published template, which shows the model what it thought as long as it
/// calls tools, and no more once the user speaks again.
/// </summary>
public sealed class QwenFidelityTests
{
    private static readonly ChatOptions s_options =
        new() { Tools = [AIFunctionFactory.Create(() => 1, "look")] };

    [SkippableFact]
    public async Task Within_a_tool_loop_each_prompt_goes_on_with_all_that_was_thought_and_called()
    {
        var template = (string?)TemplateFiles.Reference(
            "tokenizers", "qwen3", "tokenizer_config.json")["chat_template"] ?? "";
        for (var seed = 0; seed < 4; seed++)
        {
            var maker = new AnswerMaker("HermesThinking", new Random(seed));
            string[] answers = [.. maker.Loop(), .. maker.Loop(), .. maker.Loop()];
            var queue = new Queue<string>(answers);
            await using var engine = ScriptedEngine.Create(
                _ => queue.Dequeue(),
                new ScriptedEngine.Setup { Template = template, Blocks = 256 });
            var rounds = new Rounds();
            var spoken = new List<bool>();
            List<ChatMessage> messages = [new(ChatRole.User, "?")];
            foreach (var _ in answers)
            {
                var response = await engine.Client.GetResponseAsync(messages, s_options);
                rounds.Add(response.RawRepresentation);
                messages.AddRange(response.Messages);
                var calls = response.Messages[0].Contents.OfType<FunctionCallContent>().ToList();
                spoken.Add(calls.Count == 0);
                messages.AddRange(calls.Select(call => new ChatMessage(
                    ChatRole.Tool, [new FunctionResultContent(call.CallId, "done")])));
                if (calls.Count == 0)
                    messages.Add(new(ChatRole.User, "And?"));
            }

            rounds.EachBeginsWithTheLast(engine.Executor.Prompts, next => spoken[next - 1]);
        }
    }

    [SkippableFact]
    public async Task Once_the_user_speaks_again_the_template_says_what_is_left()
    {
        var template = (string?)TemplateFiles.Reference(
            "tokenizers", "qwen3", "tokenizer_config.json")["chat_template"] ?? "";
        await using var engine = ScriptedEngine.Create(
            _ => "<think>\nHm.\n</think>\n\nYes.",
            new ScriptedEngine.Setup { Template = template });
        List<ChatMessage> messages = [new(ChatRole.User, "?")];
        messages.AddRange((await engine.Client.GetResponseAsync(messages)).Messages);
        messages.Add(new(ChatRole.User, "!"));
        await engine.Client.GetResponseAsync(messages);
        Assert.Equal(
            "<|im_start|>user\n?<|im_end|>\n<|im_start|>assistant\nYes.<|im_end|>\n"
            + "<|im_start|>user\n!<|im_end|>\n<|im_start|>assistant\n",
            ByteTokenizer.Instance.Decode(
                engine.Executor.Prompts[1].AsSpan(), skipSpecialTokens: false));
    }
}
