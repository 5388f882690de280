using SkPaged.Engine.Cuda;
using SkPaged.Engine.Pure;
using Xunit;

namespace SkPaged.BatchGenerate.Tests;

/// <summary>--record: the whole run in a file, and no other file lost for it.</summary>
[Collection(nameof(Run))] // one at a time: there is one console
public sealed class RecordTests : IDisposable
{
    private const string Line = """{"prompt":"Hello","max_tokens":5,"ignore_eos":true,"n":2}""";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("skpaged-record-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void A_recorded_batch_is_played_to_the_numbers_of_its_summary()
    {
        var file = Path.Combine(_folder.FullName, "run.jsonl.gz");
        var run = Run.Of(string.Join('\n', Line, Line, Line), "--record", file);
        Assert.Equal(0, run.Code);

        var log = EventLog.Open(file);
        Assert.Equal(16, log.Config.BlocksTotal);
        Assert.Equal(3, log.Events.OfType<Event.Submitted>().Count());
        var state = log.Events.Aggregate(
            SchedulerState.Initial(log.Config),
            (state, evt) => Scheduler.Step(log.Config, state, evt).State);
        Assert.Equal(
            [state.Stats.PrefillTokens, state.Stats.DecodeTokens], run.Summary("computed"));
        Assert.Equal(state.Stats.Steps, run.Summary("steps")[0]);
        Assert.Equal([state.Stats.Copies], run.Summary("COW copies"));
        Assert.Equal(0, state.Blocks.LiveCount);
    }

    [Fact]
    public void A_log_over_the_input_or_the_output_is_refused_before_either_is_touched()
    {
        var file = Path.Combine(_folder.FullName, "lines");
        File.WriteAllText(file, Line);
        var over = Run.Of(Line, "--input", file, "--record", file);
        Assert.Equal(2, over.Code);
        Assert.Contains(
            $"--record is the file of --input, \"{file}\"", over.Errors, StringComparison.Ordinal);
        Assert.Equal(Line, File.ReadAllText(file));

        var both = Path.Combine(_folder.FullName, "both");
        var same = Run.Of(Line, "--output", both, "--record", both);
        Assert.Equal(2, same.Code);
        Assert.Contains(
            $"--record is the file of --output, \"{both}\"", same.Errors, StringComparison.Ordinal);
        Assert.False(File.Exists(both));
    }
}
