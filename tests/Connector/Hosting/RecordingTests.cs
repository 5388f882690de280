using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;
using SkPaged.Engine.Cuda;
using SkPaged.Engine.Pure;
using Xunit;

namespace SkPaged.Connector.Tests.Hosting;

/// <summary>The option EventLog: all that an engine of chats was told, in a file.</summary>
public sealed class RecordingTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("skpaged-test-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task What_a_host_is_asked_is_in_the_log_and_leads_to_what_it_did()
    {
        var file = Path.Combine(_folder.FullName, "run.jsonl.gz");
        EngineSnapshot end;
        using (var host = Host(options => (options.KvBlocks, options.EventLog) = (256, file)))
        {
            await host.StartAsync();
            Assert.False(File.Exists(file), "a check of the options made the log");
            var chat = host.Services.GetRequiredService<IChatCompletionService>();
            var settings = new PagedLlmPromptExecutionSettings { MaxTokens = 8 };
            await Task.WhenAll(Enumerable.Range(0, 4).Select(number =>
                chat.GetChatMessageContentAsync($"Is {number} a number?", settings)));
            end = host.Services.GetRequiredService<PagedLlmEngine>().Snapshot;
        }

        var log = EventLog.Open(file);
        Assert.Equal(256, log.Config.BlocksTotal);
        Assert.Equal(4, log.Events.OfType<Event.Submitted>().Count());
        var stats = log.Events.Aggregate(
            SchedulerState.Initial(log.Config),
            (state, evt) => Scheduler.Step(log.Config, state, evt).State).Stats;
        Assert.Equal(
            (end.Steps, end.PrefillTokens, end.DecodeTokens, end.CachedTokens),
            (stats.Steps, stats.PrefillTokens, stats.DecodeTokens, stats.CachedTokens));
        Assert.True(stats.DecodeTokens > 0, $"{stats}");
    }

    [Fact]
    public async Task A_log_that_cannot_be_written_is_named_at_the_start_of_a_host()
    {
        var file = Path.Combine(_folder.FullName, "file");
        File.WriteAllText(file, "kept");
        foreach (var (path, problem) in new[]
        {
            (Path.Combine(_folder.FullName, "no", "run.jsonl"),
                $"in a folder that exists, and there is no \"{_folder.FullName}"),
            (Path.Combine(file, "run.jsonl"), $"in a folder that exists, and there is no \"{file}"),
            (_folder.FullName, "a file, and is a folder."),
            (" ", "a path, or null."),
        })
        {
            using var host = Host(options => options.EventLog = path);
            var error = await Assert.ThrowsAsync<EngineConfigException>(() => host.StartAsync());
            var one = Assert.Single(error.Errors);
            Assert.Equal(("EventLog", $"'{path}'"), (one.Name, one.Value));
            Assert.StartsWith($"EventLog is '{path}'; it must be {problem}", error.Message);
            Assert.Throws<EngineConfigException>(
                () => PagedLlmEngine.LoadEmbedded(new() { EventLog = path }));
        }

        Assert.Equal("kept", File.ReadAllText(file));
        Assert.Single(_folder.GetFileSystemInfos());
    }

    [SkippableFact]
    public async Task A_folder_and_a_file_that_may_not_be_written_are_named_too()
    {
        Skip.If(OperatingSystem.IsWindows(), "modes are not of Windows");
        if (OperatingSystem.IsWindows())
            return;
        Skip.If(Environment.IsPrivilegedProcess, "who may do all may write there too");
        var (locked, file) = (
            _folder.CreateSubdirectory("locked"), Path.Combine(_folder.FullName, "read.jsonl"));
        File.WriteAllText(file, "kept");
        File.SetUnixFileMode(file, UnixFileMode.UserRead);
        File.SetUnixFileMode(locked.FullName, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        foreach (var path in new[] { file, Path.Combine(locked.FullName, "run.jsonl") })
        {
            using var host = Host(options => options.EventLog = path);
            var error = await Assert.ThrowsAsync<EngineConfigException>(() => host.StartAsync());
            Assert.StartsWith(
                $"EventLog is '{path}'; it must be a file that can be written: ", error.Message);
        }

        File.SetUnixFileMode(locked.FullName, UnixFileMode.UserRead | UnixFileMode.UserWrite
            | UnixFileMode.UserExecute);
    }

    private static IHost Host(Action<PagedLlmEngineOptions> configure)
    {
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddPagedLlmChatCompletion(configure);
        return builder.Build();
    }
}
