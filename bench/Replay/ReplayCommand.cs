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
            "replay",
            "Steps through a recorded run; exit code 1 if a law is broken, 2 if the log is none.")
        {
            File, Quiet, CheckEvery,
        };
        command.SetAction(parsed => Replay(
            parsed.GetValue(File)!,
            parsed.GetValue(Quiet),
            Math.Max(1, parsed.GetValue(CheckEvery)),
            parsed.InvocationConfiguration.Output,
            parsed.InvocationConfiguration.Error));
        return command;
    }

    /// <summary>Prints a run.</summary>
    /// <param name="file">The log.</param>
    /// <param name="quiet">Broken laws and the sum only.</param>
    /// <param name="checkEvery">At least 1.</param>
    /// <param name="output">Is told of the run.</param>
    /// <param name="errors">Is told why the log cannot be read.</param>
    /// <param name="step">Answers the events; null: the scheduler.</param>
    /// <returns>0; 1 if a law is broken, 2 if the log cannot be read.</returns>
    internal static int Replay(
        string file, bool quiet, int checkEvery, TextWriter output, TextWriter errors,
        StepFunction? step = null)
    {
        try
        {
            var replayer = new Replayer(EventLog.Open(file), step ?? Scheduler.Step, output);
            return replayer.Run(quiet, checkEvery) == 0 ? 0 : 1;
        }
        catch (Exception unread) when (unread is EventLogException or IOException
            or UnauthorizedAccessException or ArgumentException)
        {
            errors.WriteLine(unread.Message);
            return 2;
        }
    }
}
