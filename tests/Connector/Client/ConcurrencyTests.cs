using Microsoft.Extensions.AI;
using Microsoft.SemanticKernel;
using SkPaged.Connector.Tests.Scripted;
using Xunit;

namespace SkPaged.Connector.Tests.Client;

public sealed class ConcurrencyTests
{
    [Fact]
    public async Task A_call_returns_before_its_prompt_is_rendered_and_computed()
    {
        await using var engine = ScriptedEngine.Create(_ => "done");
        using var step = new Turnstile(engine.Executor);
        using var tool = new ToolThatWaits();
        var options = new ChatOptions { Tools = [tool] };
        var call = engine.Client.GetResponseAsync("go", options);
        await using var stream = engine.Client.GetStreamingResponseAsync("go", options)
            .GetAsyncEnumerator();
        var first = stream.MoveNextAsync();
        Assert.Equal(0, engine.Engine.Snapshot.Steps);
        tool.Read.Set();
        await step.Arrived();
        Assert.False(call.IsCompleted);
        step.Open();
        Assert.Equal("done", (await call).Text);
        Assert.True(await first);
    }

    [Fact]
    public async Task A_list_of_messages_may_change_as_soon_as_the_call_returns()
    {
        await using var engine = ScriptedEngine.Echo();
        List<ChatMessage> messages = [new(ChatRole.User, "before")];
        var call = engine.Client.GetResponseAsync(messages);
        messages.Add(new ChatMessage(ChatRole.User, "after"));
        Assert.Equal("before", (await call).Text);
    }

    [Fact]
    public async Task Sixty_four_callers_of_one_kernel_share_the_batch_and_get_their_own_answers()
    {
        await using var engine = ScriptedEngine.Create(
            ScriptedEngine.LastUser, new() { Blocks = 8192 });
        var batch = 0;
        var builder = Kernel.CreateBuilder();
        builder.AddPagedLlmChatCompletion(engine.Engine);
        var kernel = builder.Build();
        using var step = new Turnstile(engine.Executor);
        var words = Enumerable.Range(0, 64).Select(n => $"{n} " + new string('w', 500)).ToList();
        var calls = words.Select(said => kernel.InvokePromptAsync<string>(said)).ToList();
        await step.PassUntil(
            () => engine.Engine.Snapshot is var now && now.Running + now.Waiting == 64);
        engine.Executor.BeforeStep = plan => batch = Math.Max(batch, plan.Rows);
        step.Open();
        Assert.Equal(words, await Task.WhenAll(calls));
        Assert.Equal(64, batch);
        Assert.Equal(0, engine.Engine.Snapshot.BlocksLive);
    }

    [Fact]
    public async Task Callers_that_do_not_fit_at_once_are_all_served()
    {
        await using var engine = ScriptedEngine.Create(
            ScriptedEngine.LastUser, new() { Blocks = 16, MaxBatchedTokens = 64 });
        var words = Enumerable.Range(0, 64).Select(n => $"call {n} " + new string('z', n)).ToList();
        var answers = await Task.WhenAll(
            words.Select(said => engine.Client.GetResponseAsync(said)));
        Assert.Equal(words, answers.Select(answer => answer.Text));
        Assert.Equal(0, engine.Engine.Snapshot.BlocksLive);
    }

    [Fact]
    public async Task Disposing_an_engine_under_load_ends_every_call_with_a_clear_error()
    {
        var engine = ScriptedEngine.Create(_ => new string('x', 900));
        using var step = new Turnstile(engine.Executor);
        var calls = Enumerable.Range(0, 16)
            .Select(_ => engine.Client.GetResponseAsync("go")).ToList();
        await step.PassUntil(() => engine.Engine.Snapshot.DecodeTokens > 16);
        var disposal = engine.DisposeAsync();
        step.Open();
        await disposal;
        foreach (var call in calls)
            await Assert.ThrowsAsync<ObjectDisposedException>(() => call);
        Assert.Equal(1, engine.Executor.Disposals);
    }

    // Whoever reads it waits for the test. A caller that reads it on its own thread waits in vain.
    private sealed class ToolThatWaits : AIFunctionDeclaration, IDisposable
    {
        public ManualResetEventSlim Read { get; } = new();

        public override string Name => "waits";

        public override string Description => Read.Wait(TimeSpan.FromSeconds(10))
            ? "Waits."
            : throw new TimeoutException("The caller's own thread reads the tools.");

        public void Dispose() => Read.Dispose();
    }
}
