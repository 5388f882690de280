using Microsoft.Extensions.AI;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;
using SkPaged.Connector.Tests.Scripted;
using Xunit;
using FunctionResultContent = Microsoft.SemanticKernel.FunctionResultContent;

namespace SkPaged.Connector.Tests.Service;

/// <summary>Whether the functions of one answer run together is the caller's to say.</summary>
public sealed class ConcurrentInvocationTests
{
    private const string Call =
        "<tool_call>\n{\"name\": \"Of_meet\", \"arguments\": {\"n\": #}}\n</tool_call>";

    [Theory]
    [InlineData(true, false)]
    [InlineData(true, true)]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(null, false)]
    public async Task Functions_run_together_where_that_is_allowed(bool? allowed, bool streaming)
    {
        await using var engine = ScriptedEngine.Create(prompt =>
            prompt.Contains("<|im_start|>tool\n", StringComparison.Ordinal)
                ? "Done."
                : string.Join('\n', Enumerable.Range(1, 3).Select(n => Call.Replace("#", $"{n}"))));
        var meeting = new Meeting(allowed == true ? 3 : 1);
        var kernel = new Kernel();
        kernel.Plugins.AddFromFunctions(
            "Of", [KernelFunctionFactory.CreateFromMethod(meeting.Meet, "meet")]);
        var settings = new PagedLlmPromptExecutionSettings
        {
            FunctionChoiceBehavior = FunctionChoiceBehavior.Auto(
                options: new() { AllowConcurrentInvocation = allowed ?? false }),
        };
        if (allowed is null)
            settings.FunctionChoiceBehavior = FunctionChoiceBehavior.Auto();
        var service = new PagedLlmChatCompletionService(engine.Engine);
        ChatHistory history = [new(AuthorRole.User, "?")];
        if (streaming)
            await service.GetStreamingChatMessageContentsAsync(history, settings, kernel)
                .ToListAsync();
        else
            await service.GetChatMessageContentAsync(history, settings, kernel);
        Assert.Equal(allowed == true ? 3 : 1, meeting.Most);
        Assert.Equal(
            ["1", "2", "3"],
            history[^1].Items.OfType<FunctionResultContent>().Select(item => $"{item.Result}"));
    }

    [Fact]
    public async Task A_client_has_the_switch_on_its_function_invoking_part()
    {
        await using var engine = ScriptedEngine.Echo();
        var builder = Kernel.CreateBuilder();
        builder.AddPagedLlmChatClient(engine.Engine);
        var client = builder.Build().GetRequiredService<IChatClient>();
        Assert.False(client.GetService<FunctionInvokingChatClient>()!.AllowConcurrentInvocation);
    }

    /// <summary>Who comes waits until all are there; if they never are, it fails.</summary>
    private sealed class Meeting(int size)
    {
        private readonly TaskCompletionSource _complete =
            new(TaskCreationOptions.RunContinuationsAsynchronously);

        private int _present;
        private int _most;

        public int Most => _most;

        public async Task<int> Meet(int n)
        {
            var present = Interlocked.Increment(ref _present);
            _most = Math.Max(_most, present);
            if (present == size)
                _complete.TrySetResult();
            await _complete.Task.WaitAsync(TimeSpan.FromSeconds(20));
            await Task.Yield();
            Interlocked.Decrement(ref _present);
            return n;
        }
    }
}
