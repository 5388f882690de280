using System.CommandLine;
using SkPaged.Engine.Cuda;
using SkPaged.Engine.Pure;

namespace SkPaged.Bench;

/// <summary>
/// Steps through a recorded run: the same events give the same states and decisions, so a log is
/// a bug report that anyone can run.
/// </summary>
internal static class ReplayCommand
{
    private static readonly Argument<string> File = new("file")
    {
        Description = "An event log: see EngineLoopOptions.EventLog.",
    };

    private static readonly Option<bool> Quiet = new("--quiet")
    {
        Description = "Print broken laws and the sum only, no events and decisions.",
    };

    private static readonly Option<int> CheckEvery = new("--check-every")
    {
        Description = "Check the laws of the state after every n-th event.",
        DefaultValueFactory = _ => 1,
    };

    public static Command Create()
    {
        var command = new Command(
            "replay", "Steps through a recorded run; exit code 1 if a law is broken.")
        {
            File, Quiet, CheckEvery,
        };
        command.SetAction(parsed => Replay(
            parsed.GetValue(File)!,
            parsed.GetValue(Quiet),
            Math.Max(1, parsed.GetValue(CheckEvery)),
            Console.Out));
        return command;
    }

    /// <summary>Prints a run.</summary>
    /// <returns>0; 1 if a law is broken, 2 if the log cannot be read.</returns>
    internal static int Replay(string file, bool quiet, int checkEvery, TextWriter output)
    {
        try
        {
            return Run(EventLog.Open(file), quiet, checkEvery, output);
        }
        catch (Exception unread) when (unread is EventLogException or IOException
            or InvalidDataException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine(unread.Message);
            return 2;
        }
    }

    private static int Run(EventLog log, bool quiet, int checkEvery, TextWriter output)
    {
        var (state, index, broken) = (SchedulerState.Initial(log.Config), 0, 0);
        foreach (var evt in log.Events)
        {
            var (next, decisions) = Scheduler.Step(log.Config, state, evt);
            if (!quiet)
                Print(output, index, evt, decisions);
            if (index % checkEvery == 0)
                broken += Report(output, index, Invariants.Check(log.Config, next));
            (state, index) = (next, index + 1);
        }

        broken += Report(output, index, Invariants.Check(log.Config, state));
        output.WriteLine($"{index} events, {broken} broken laws, {state.Running.Length} running, "
            + $"{state.Waiting.Count} waiting, {state.Blocks.LiveCount} live and "
            + $"{state.Blocks.CachedCount} cached blocks of {state.Blocks.TotalCount}");
        output.WriteLine($"{state.Stats}");
        return broken == 0 ? 0 : 1;
    }

    private static void Print(
        TextWriter output, int index, Event evt, IEnumerable<Decision> decisions)
    {
        output.WriteLine($"{index,8} {PlainText.Of(evt)}");
        foreach (var decision in decisions)
            output.WriteLine($"         -> {PlainText.Of(decision)}");
    }

    private static int Report(TextWriter output, int index, IEnumerable<Violation> violations)
    {
        var count = 0;
        foreach (var (law, detail) in violations)
        {
            output.WriteLine($"{index,8} BROKEN: {law}: {detail}");
            count++;
        }

        return count;
    }
}
