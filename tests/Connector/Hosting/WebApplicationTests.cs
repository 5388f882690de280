using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;
using SkPaged.Connector.Tests.Scripted;
using Xunit;

namespace SkPaged.Connector.Tests.Hosting;

/// <summary>The embedded model in an ASP.NET application, over HTTP.</summary>
public sealed class WebApplicationTests : IAsyncLifetime, IDisposable
{
    private const string Passage = "Mira Toft runs the Blue Anchor. It opens at 7:30.";

    private readonly WebApplication _app = Build();
    private readonly HttpClient _http = new();

    private PagedLlmEngine Engine => _app.Services.GetRequiredService<PagedLlmEngine>();

    public async Task InitializeAsync()
    {
        await _app.StartAsync();
        _http.BaseAddress = new Uri(_app.Urls.Single());
    }

    public async Task DisposeAsync() => await _app.DisposeAsync();

    public void Dispose() => _http.Dispose();

    [Fact]
    public async Task Requests_at_once_are_answered_by_one_engine_and_its_health_is_told()
    {
        Assert.Equal("Healthy", await _http.GetStringAsync("/health"));
        var answers = await Task.WhenAll(Enumerable.Range(0, 16)
            .Select(n => _http.GetStringAsync(n % 2 == 0 ? "/kernel" : "/client")));

        Assert.All(answers, answer => Assert.Contains("Mira Toft", answer));
        Assert.True(Engine.Snapshot.CachedTokens > 0);
        Assert.Equal(0, Engine.Snapshot.BlocksLive);
    }

    [Fact]
    public async Task Whoever_hangs_up_frees_the_blocks()
    {
        using var leave = new CancellationTokenSource();
        var asked = _http.GetAsync("/endless", leave.Token);
        await Wait.Until(() => Engine.Snapshot.DecodeTokens > 3);
        Assert.True(Engine.Snapshot.BlocksLive > 0);
        await leave.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked);
        await Wait.Until(() => Engine.Snapshot is { BlocksLive: 0, Running: 0 });
    }

    [Fact]
    public async Task Stopping_the_application_under_load_ends_its_requests_and_its_engine()
    {
        var engine = Engine;
        var asked = Enumerable.Range(0, 4).Select(_ => _http.GetAsync("/endless")).ToList();
        await Wait.Until(() => engine.Snapshot.Running == 4);
        using (var patience = new CancellationTokenSource(TimeSpan.FromMilliseconds(50)))
            await _app.StopAsync(patience.Token);
        await _app.DisposeAsync();

        Assert.True(engine.HasEnded);
        Assert.Null(engine.Failure);
        foreach (var call in asked)
            Assert.False(
                await call.ContinueWith(
                    done => done.IsCompletedSuccessfully
                        && done.Result.StatusCode == HttpStatusCode.OK,
                    TaskScheduler.Default));
        await Assert.ThrowsAsync<ObjectDisposedException>(
            () => new PagedLlmChatClient(engine).GetResponseAsync("Hi"));
    }

    private static WebApplication Build()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        #region web
        builder.Services.AddPagedLlmChatCompletion(options =>
        {
            options.KvBlocks = 512;
            options.RequestTimeout = TimeSpan.FromMinutes(5);
        });
        builder.Services.AddPagedLlmChatClient();          // over the same engine
        builder.Services.AddKernel();
        builder.Services.AddHealthChecks().AddPagedLlm();
        #endregion
        var app = builder.Build();
        app.MapHealthChecks("/health");
        app.MapGet("/kernel", (Kernel kernel, CancellationToken aborted) =>
            kernel.InvokePromptAsync<string>(
                $"""
                <message role="system">{Passage}</message>
                <message role="user">Who runs the Blue Anchor?</message>
                """,
                cancellationToken: aborted));
        app.MapGet("/client", async (IChatClient client, CancellationToken aborted) =>
            (await client.GetResponseAsync(
                [new(ChatRole.System, Passage), new(ChatRole.User, "Who runs the Blue Anchor?")],
                null, aborted)).Text);
        app.MapGet("/endless", async (IChatCompletionService chat, CancellationToken aborted) =>
            (await chat.GetChatMessageContentAsync(
                "Hello", new PagedLlmPromptExecutionSettings { IgnoreEos = true },
                cancellationToken: aborted)).Content);
        return app;
    }
}
