using System.CommandLine;
using System.Diagnostics;

namespace SkPaged.Bench.Paper;

/// <summary>
/// The evaluation of Kwon et al., SOSP '23: each figure by simulation, ours beside the paper's.
/// </summary>
internal static class PaperCommand
{
    private static readonly (string Number, Func<PaperScale, FigureResult> Run)[] s_figures =
    [
        ("lengths", LengthsFigure.Run),
        ("2", MemoryFigures.Utilisation),
        ("13", MemoryFigures.Batched),
        ("12", RateFigures.Basic),
        ("14", RateFigures.Samples),
        ("15", SharingFigure.Run),
        ("16", RateFigures.Prefixes),
        ("17", RateFigures.Chat),
        ("18", BlockFigures.Sizes),
        ("19", BlockFigures.Preemption),
        ("beyond", BeyondFigure.Run),
        ("real", RealFigure.Run),
    ];

    private static readonly Option<string?> Figure = new("--figure")
    {
        Description = "One figure, by the paper's number; all by default.",
    };

    private static readonly Option<bool> Quick = new("--quick")
    {
        Description = "Short traces and the smallest model alone.",
    };

    private static readonly Option<string> Out = new("--out")
    {
        Description = "Folder for the plots.",
        DefaultValueFactory = _ => "artifacts/paper",
    };

    private static readonly Option<bool> Calibrate = new("--calibrate")
    {
        Description = "Fit the cost model to measured steps instead, and say how well it fits.",
    };

    private static readonly Option<int> Threads = new("--threads")
    {
        Description = "Runs that go side by side.",
        DefaultValueFactory = _ => PaperScale.Full.Threads,
    };

    private static readonly Option<bool> Constants = new("--constants")
    {
        Description = "Find the two constants of the paper's engine instead.",
    };

    public static Command Create()
    {
        var command = new Command("paper", "The PagedAttention paper's evaluation, by simulation.")
        {
            Figure, Quick, Out, Calibrate, Constants, Threads,
        };
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        if (parsed.GetValue(Calibrate))
        {
            CpuCalibration.Run(Console.Out);
            return 0;
        }

        var scale = (parsed.GetValue(Quick) ? PaperScale.Quick : PaperScale.Full) with
        {
            Threads = parsed.GetValue(Threads),
        };
        if (parsed.GetValue(Constants))
        {
            PaperEngine.Solve(scale, Console.Out);
            return 0;
        }

        var wanted = s_figures
            .Where(figure => parsed.GetValue(Figure) is not { } number || number == figure.Number)
            .ToList();
        if (wanted.Count == 0)
        {
            Console.Error.WriteLine(
                $"There is no figure {parsed.GetValue(Figure)}; there are "
                + $"{string.Join(", ", s_figures.Select(figure => figure.Number))}.");
            return 1;
        }

        foreach (var (_, run) in wanted)
        {
            var watch = Stopwatch.StartNew();
            var figure = run(scale);
            figure.Print(Console.Out);
            PaperPlot.Save(figure, parsed.GetValue(Out)!);
            Console.WriteLine($"({watch.Elapsed.TotalSeconds:F0} s)");
            Console.WriteLine();
        }

        return 0;
    }
}
