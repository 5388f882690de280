using Microsoft.Extensions.AI;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;
using SkPaged.Connector.Tests.Scripted;
using Xunit;
using FunctionCallContent = Microsoft.Extensions.AI.FunctionCallContent;
using FunctionResultContent = Microsoft.Extensions.AI.FunctionResultContent;

namespace SkPaged.Connector.Tests.Fidelity;

/// <summary>
/// The law of histories: what an answer comes back as, given to the model again, is the tokens that
/// it was, whatever its family writes and however the caller asks.
/// </summary>
public sealed class FidelityLawTests
{
    private const int Seeds = 3;

    private static readonly string[] All =
        ["Hermes", "HermesThinking", "Llama", "Mistral", "MistralIds", "MistralNamed"];

    public static TheoryData<string, bool> Families
    {
        get
        {
            var data = new TheoryData<string, bool>();
            foreach (var family in All)
            {
                data.Add(family, false);
                data.Add(family, true);
            }

            return data;
        }
    }

    private static AITool[] Tools =>
        [AIFunctionFactory.Create(() => 1, "look"), AIFunctionFactory.Create(() => 2, "find")];

    [Theory]
    [MemberData(nameof(Families))]
    public async Task A_client_that_gets_its_messages_back_goes_on_where_it_was(
        string family, bool streaming)
    {
        foreach (var answers in Conversations(family))
            await Converse(FamilyTemplates.Of(family), answers, streaming, message => message);
    }

    // Mistral's templates put the tools before the last question: what a user asks next is another
    // prompt from there on. Within a loop of tools nothing moves.
    [SkippableTheory]
    [InlineData("mistral v3 spm", "MistralIds")]
    [InlineData("mistral v3", "MistralIds")]
    [InlineData("mistral v7", "MistralIds")]
    [InlineData("mistral v11", "MistralNamed")]
    [InlineData("mistral v13", "MistralNamed")]
    public async Task Within_a_loop_of_tools_it_holds_of_published_templates(
        string name, string family)
    {
        var file = Repository.File($"artifacts/published/{name}.jinja");
        Skip.IfNot(File.Exists(file), $"the published template {file} is not here");
        var template = await File.ReadAllTextAsync(file);
        for (var seed = 0; seed < 3 * Seeds; seed++)
            await Converse(
                template,
                [.. new AnswerMaker(family, new Random(seed)).Loop()],
                streaming: seed % 2 == 0,
                message => message);
    }

    // The law is no matter of course: rendered from what they say, answers are other tokens.
    [Theory]
    [InlineData("Hermes")]
    [InlineData("Llama")]
    [InlineData("MistralIds")]
    public async Task Without_what_messages_carry_it_goes_on_elsewhere(string family) =>
        await Assert.ThrowsAnyAsync<Xunit.Sdk.XunitException>(async () =>
        {
            foreach (var answers in Conversations(family))
                await Converse(
                    FamilyTemplates.Of(family),
                    answers,
                    streaming: false,
                    message => new ChatMessage(message.Role, message.Contents));
        });

    [Theory]
    [MemberData(nameof(Families))]
    public async Task A_service_that_invokes_functions_goes_on_where_it_was(
        string family, bool streaming)
    {
        foreach (var answers in Conversations(family))
        {
            await using var engine = Create(FamilyTemplates.Of(family), answers);
            var rounds = new Rounds();
            var kernel = new Kernel();
            kernel.Plugins.AddFromFunctions("Of", [Function("look"), Function("find")]);
            var service = new PagedLlmChatCompletionService(engine.Engine);
            ChatHistory history = [];
            while (engine.Executor.Prompts.Count < answers.Length)
            {
                history.AddUserMessage("?");
                history.Add(streaming
                    ? await Stream(service, kernel, history, rounds)
                    : await Ask(service, kernel, history, rounds));
            }

            rounds.EachBeginsWithTheLast(engine.Executor.Prompts);
        }
    }

    private static async Task Converse(
        string template, string[] answers, bool streaming, Func<ChatMessage, ChatMessage> keep)
    {
        await using var engine = Create(template, answers);
        var rounds = new Rounds();
        List<ChatMessage> messages = [new(ChatRole.User, "?")];
        for (var round = 0; round < answers.Length; round++)
        {
            var response = await Ask(engine, messages, streaming, rounds);
            messages.AddRange(response.Messages.Select(keep));
            messages.AddRange(Next(response.Messages[^1]));
        }

        rounds.EachBeginsWithTheLast(engine.Executor.Prompts);
    }

    private static async Task<ChatResponse> Ask(
        ScriptedEngine engine, List<ChatMessage> messages, bool streaming, Rounds rounds)
    {
        var options = new ChatOptions { Tools = Tools };
        if (!streaming)
        {
            var response = await engine.Client.GetResponseAsync(messages, options);
            rounds.Add(response.RawRepresentation);
            return response;
        }

        var updates = await engine.Client.GetStreamingResponseAsync(messages, options)
            .ToListAsync();
        rounds.Add(updates[^1].RawRepresentation);
        return updates.ToChatResponse();
    }

    private static IEnumerable<ChatMessage> Next(ChatMessage answer)
    {
        var calls = answer.Contents.OfType<FunctionCallContent>().ToList();
        return calls.Count == 0
            ? [new(ChatRole.User, "And?")]
            : calls.Select(call =>
                new ChatMessage(ChatRole.Tool, [new FunctionResultContent(call.CallId, "done")]));
    }

    private static async Task<ChatMessageContent> Ask(
        PagedLlmChatCompletionService service, Kernel kernel, ChatHistory history, Rounds rounds)
    {
        var before = history.Count;
        var last = await service.GetChatMessageContentAsync(history, Auto(), kernel);
        foreach (var content in history.Skip(before).Append(last))
            if (content.Role == AuthorRole.Assistant)
                rounds.Add(content.InnerContent);
        return last;
    }

    // What a caller puts together of a stream: what was said last, and what was thought of it.
    private static async Task<ChatMessageContent> Stream(
        PagedLlmChatCompletionService service, Kernel kernel, ChatHistory history, Rounds rounds)
    {
        var content = new ChatMessageContent { Role = AuthorRole.Assistant };
        await foreach (var piece in service.GetStreamingChatMessageContentsAsync(
            history, Auto(), kernel))
        {
            content.Content += piece.Content;
#pragma warning disable SKEXP0110 // Semantic Kernel has no other content for it.
            foreach (var thought in piece.Items.OfType<StreamingReasoningContent>())
                content.Items.Add(new ReasoningContent(thought.Text));
#pragma warning restore SKEXP0110
            if (piece.InnerContent is not PagedLlmResult result)
                continue;
            rounds.Add(result);
            if (result.FinishReason == "tool_calls")
                content = new ChatMessageContent { Role = AuthorRole.Assistant };
            content.Metadata = piece.Metadata;
        }

        return content;
    }

    private static IEnumerable<string[]> Conversations(string family) =>
        Enumerable.Range(0, Seeds).Select(seed =>
        {
            var maker = new AnswerMaker(family, new Random(seed));
            return Enumerable.Range(0, 2).SelectMany(_ => maker.Loop()).ToArray();
        });

    private static ScriptedEngine Create(string template, string[] answers)
    {
        var queue = new Queue<string>(answers);
        return ScriptedEngine.Create(
            _ => queue.Dequeue(),
            new ScriptedEngine.Setup { Template = template, Blocks = 256 });
    }

    private static PagedLlmPromptExecutionSettings Auto() =>
        new() { FunctionChoiceBehavior = FunctionChoiceBehavior.Auto() };

    private static KernelFunction Function(string name) =>
        KernelFunctionFactory.CreateFromMethod(() => "done", name);
}
