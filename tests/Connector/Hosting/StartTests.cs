using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.SemanticKernel;
using SkPaged.Engine.Cuda;
using Xunit;

namespace SkPaged.Connector.Tests.Hosting;

/// <summary>What a host would trip over at the first request, it is told at its start.</summary>
public sealed class StartTests
{
    [Fact]
    public async Task A_host_with_bad_options_does_not_start_and_all_are_named()
    {
        using var host = Host(services => services.AddPagedLlmChatCompletion(options =>
        {
            options.MaxSequences = 0;
            options.PromptTokenWeight = 0;
            options.OutputTokenWeight = 1001;
            options.SwapCostPerBlock = -1;
            options.BlockSize = 5000;
            options.MaxModelLength = 1_000_000;
            options.RequestTimeout = TimeSpan.Zero;
            options.DecodeGraphs = new() { BytesMax = -1 };
        }));

        var error = await Assert.ThrowsAsync<EngineConfigException>(() => host.StartAsync());
        Assert.Equal(
            [
                "BlockSize", "DecodeGraphs.BytesMax", "MaxModelLength", "MaxSequences",
                "OutputTokenWeight", "PromptTokenWeight", "RequestTimeout", "SwapCostPerBlock",
            ],
            error.Errors.Select(one => one.Name).Order());
    }

    [Fact]
    public async Task A_host_without_its_model_does_not_start()
    {
        using var host = Host(services =>
            services.AddPagedLlmChatClient("/no/such/model", serviceId: "mine"));

        var error = await Assert.ThrowsAsync<DirectoryNotFoundException>(() => host.StartAsync());
        Assert.Contains("/no/such/model", error.Message);
    }

    [Fact]
    public async Task A_host_with_a_template_that_does_not_compile_does_not_start()
    {
        using var host = Host(services => services.AddPagedLlmChatCompletion(
            options => options.ChatTemplate = "{% for %}"));

        var error = await Assert.ThrowsAsync<ModelFolderException>(() => host.StartAsync());
        Assert.Contains("ChatTemplate", error.Message);
    }

    [Fact]
    public async Task A_model_of_random_weights_needs_none_at_the_start_either()
    {
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            File.Copy(
                Path.Combine(EmbeddedModel.Extract(), "config.json"),
                Path.Combine(folder.FullName, "config.json"));
            using var host = Host(services => services.AddPagedLlmChatCompletion(
                folder.FullName, options => options.LoadFormat = LoadFormat.Dummy));
            await host.StartAsync();
            await host.StopAsync();
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Every_registration_is_checked_and_none_is_loaded()
    {
        var loads = 0;
        using var host = Host(services =>
        {
            services.AddPagedLlmChatCompletion(options => options.KvBlocks = 64);
            services.AddPagedLlmChatClient(options => options.KvBlocks = 65, "other");
            foreach (var service in services
                .Where(service => service.ServiceType == typeof(PagedLlmEngine)).ToList())
            {
                services.Remove(service);
                services.AddKeyedSingleton<PagedLlmEngine>(
                    service.ServiceKey,
                    (_, _) => throw new InvalidOperationException($"{++loads}"));
            }
        });

        await host.StartAsync();
        await host.StopAsync();
        Assert.Equal(0, loads);
    }

    private static IHost Host(Action<IServiceCollection> add)
    {
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(null);
        add(builder.Services);
        return builder.Build();
    }
}
