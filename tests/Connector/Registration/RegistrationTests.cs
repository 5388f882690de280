using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;
using SkPaged.Connector.Engines;
using SkPaged.Connector.Tests.Scripted;
using Xunit;

namespace SkPaged.Connector.Tests.Registration;

public sealed class RegistrationTests
{
    [Fact]
    public async Task An_engine_serves_service_and_client_without_a_key()
    {
        await using var engine = ScriptedEngine.Echo();
        var builder = Kernel.CreateBuilder();
        Assert.Same(builder, builder.AddPagedLlmChatCompletion(engine.Engine));
        Assert.Same(builder, builder.AddPagedLlmChatClient(engine.Engine));
        var kernel = builder.Build();
        Assert.IsType<PagedLlmChatCompletionService>(
            kernel.GetRequiredService<IChatCompletionService>());
        var client = kernel.GetRequiredService<IChatClient>();
        Assert.Same(engine.Engine, client.GetService<PagedLlmEngine>());
        Assert.NotNull(client.GetService<FunctionInvokingChatClient>());
        Assert.Equal("Hi", (await client.GetResponseAsync("Hi")).Text);
    }

    [Fact]
    public async Task Keyed_registrations_are_found_by_their_key()
    {
        await using var engine = ScriptedEngine.Create(_ => "one");
        await using var other = ScriptedEngine.Create(_ => "two");
        var services = new ServiceCollection();
        services.AddPagedLlmChatCompletion(engine.Engine, "one");
        services.AddPagedLlmChatClient(engine.Engine, "one");
        services.AddPagedLlmChatCompletion(other.Engine, "two");
        services.AddPagedLlmChatClient(other.Engine, "two");
        services.AddKernel();
        await using var provider = services.BuildServiceProvider();
        foreach (var id in (string[])["one", "two"])
        {
            var client = provider.GetRequiredKeyedService<IChatClient>(id);
            Assert.Equal(id, (await client.GetResponseAsync("?")).Text);
            var answer = await provider.GetRequiredService<Kernel>().InvokePromptAsync<string>(
                "?", new(new PagedLlmPromptExecutionSettings { ServiceId = id }));
            Assert.Equal(id, answer);
        }

        Assert.Null(provider.GetService<IChatClient>());
    }

    [Fact]
    public async Task A_kernel_from_a_container_finds_the_service()
    {
        await using var engine = ScriptedEngine.Echo();
        var services = new ServiceCollection();
        services.AddPagedLlmChatCompletion(engine.Engine);
        services.AddKernel();
        await using var provider = services.BuildServiceProvider();
        var kernel = provider.GetRequiredService<Kernel>();
        Assert.Equal("Hi", await kernel.InvokePromptAsync<string>("Hi"));
    }

    [Fact]
    public async Task An_engine_that_was_given_outlives_the_container()
    {
        await using var engine = ScriptedEngine.Echo();
        var services = new ServiceCollection();
        services.AddPagedLlmChatCompletion(engine.Engine).AddPagedLlmChatClient(engine.Engine);
        await using (var provider = services.BuildServiceProvider())
            await Answers(provider);
        Assert.Equal(0, engine.Executor.Disposals);
        Assert.Equal("on", (await engine.Client.GetResponseAsync("on")).Text);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_folders_engine_is_made_once_when_needed_and_disposed_by_the_container(
        bool async)
    {
        var loads = 0;
        var engine = ScriptedEngine.Echo();
        var services = new ServiceCollection();
        Stand(services, "models/a", new(), () => engine, () => loads++);
        services.AddPagedLlmChatCompletion("models/a").AddPagedLlmChatClient("models/a");
        services.AddPagedLlmChatCompletion("models/../models/a", serviceId: "again");
        var provider = services.BuildServiceProvider();
        Assert.Equal(0, loads);
        await Answers(provider);
        _ = provider.GetRequiredKeyedService<IChatCompletionService>("again");
        Assert.Same(engine.Engine, provider.GetRequiredService<PagedLlmEngine>());
        Assert.Same(engine.Engine, provider.GetRequiredKeyedService<PagedLlmEngine>("again"));
        Assert.Equal(1, loads);
        if (async)
            await provider.DisposeAsync();
        else
            await Task.Run(provider.Dispose);
        Assert.Equal(1, engine.Executor.Disposals);
        await Assert.ThrowsAsync<ObjectDisposedException>(
            () => engine.Client.GetResponseAsync("Hi"));
    }

    [Fact]
    public async Task Disposing_a_kernels_services_disposes_its_engine()
    {
        var engine = ScriptedEngine.Echo();
        var builder = Kernel.CreateBuilder();
        Stand(builder.Services, "models/a", new(), () => engine);
        builder.AddPagedLlmChatCompletion("models/a");
        var kernel = builder.Build();
        Assert.Equal("Hi", await kernel.InvokePromptAsync<string>("Hi"));
        await Task.Run(() => ((IDisposable)kernel.Services).Dispose());
        Assert.Equal(1, engine.Executor.Disposals);
    }

    [Fact]
    public async Task Different_options_mean_different_engines_and_equal_ones_the_same()
    {
        await using var small = ScriptedEngine.Create(_ => "small");
        await using var large = ScriptedEngine.Create(_ => "large");
        var services = new ServiceCollection();
        Stand(services, "models/a", new() { KvBlocks = 8 }, () => small);
        Stand(services, "models/a", new() { KvBlocks = 80 }, () => large);
        services.AddPagedLlmChatClient("models/a", options => options.KvBlocks = 8, "small");
        services.AddPagedLlmChatClient("models/a", options => options.KvBlocks = 80, "large");
        services.AddPagedLlmChatCompletion("models/a", options => options.KvBlocks = 80, "large");
        services.AddPagedLlmChatClient("models/a", serviceId: "first");
        await using var provider = services.BuildServiceProvider();
        Assert.Same(small.Engine, EngineOf(provider, "small"));
        Assert.Same(large.Engine, EngineOf(provider, "large"));
        Assert.Same(small.Engine, EngineOf(provider, "first"));
        Assert.Equal(
            "large",
            $"{await provider.GetRequiredKeyedService<IChatCompletionService>("large")
                .GetChatMessageContentAsync("?")}");
    }

    [Fact]
    public async Task Without_a_folder_the_embedded_model_is_meant()
    {
        await using var engine = ScriptedEngine.Create(_ => "tiny");
        var builder = Kernel.CreateBuilder();
        Stand(builder.Services, null, new(), () => engine);
        builder.AddPagedLlmChatCompletion().AddPagedLlmChatClient();
        Assert.Equal("tiny", await builder.Build().InvokePromptAsync<string>("?"));
    }

    [Fact]
    public async Task A_folder_that_is_not_there_is_told_at_first_use()
    {
        var services = new ServiceCollection();
        services.AddPagedLlmChatClient("/no/such/model");
        await using var provider = services.BuildServiceProvider();
        var error = Assert.Throws<DirectoryNotFoundException>(
            provider.GetRequiredService<IChatClient>);
        Assert.Contains("/no/such/model", error.Message);
    }

    [Fact]
    public async Task Nothing_is_taken_for_null()
    {
        await using var engine = ScriptedEngine.Echo();
        var (services, builder) = (new ServiceCollection(), Kernel.CreateBuilder());
        Throws(() => services.AddPagedLlmChatCompletion((PagedLlmEngine)null!));
        Throws(() => services.AddPagedLlmChatClient((PagedLlmEngine)null!));
        Throws(() => services.AddPagedLlmChatCompletion((string)null!));
        Throws(() => services.AddPagedLlmChatClient((string)null!));
        Throws(() => builder.AddPagedLlmChatCompletion((PagedLlmEngine)null!));
        Throws(() => builder.AddPagedLlmChatClient((string)null!));
        Throws(() => ((IServiceCollection)null!).AddPagedLlmChatCompletion());
        Throws(() => ((IServiceCollection)null!).AddPagedLlmChatClient());
        Throws(() => ((IKernelBuilder)null!).AddPagedLlmChatCompletion(engine.Engine));
        Throws(() => ((IKernelBuilder)null!).AddPagedLlmChatClient(engine.Engine));
        Assert.Throws<ArgumentException>(() => services.AddPagedLlmChatClient(" "));
    }

    private static void Throws(Action add) => Assert.Throws<ArgumentNullException>(add);

    // Stands in for the folder's engine; everything else about its registration is real.
    private static void Stand(
        IServiceCollection services,
        string? folder,
        PagedLlmEngineOptions options,
        Func<ScriptedEngine> engine,
        Action? loaded = null) =>
        services.AddKeyedSingleton(
            new EngineKey(folder is null ? null : Path.GetFullPath(folder), options),
            (_, _) =>
            {
                loaded?.Invoke();
                return engine().Engine;
            });

    private static PagedLlmEngine? EngineOf(IServiceProvider provider, string key) =>
        provider.GetRequiredKeyedService<IChatClient>(key).GetService<PagedLlmEngine>();

    private static async Task Answers(IServiceProvider provider)
    {
        var client = provider.GetRequiredService<IChatClient>();
        Assert.Equal("Hi", (await client.GetResponseAsync("Hi")).Text);
        var service = provider.GetRequiredService<IChatCompletionService>();
        Assert.Equal("Hi", $"{await service.GetChatMessageContentAsync("Hi")}");
    }
}
