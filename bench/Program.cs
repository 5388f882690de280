using System.CommandLine;
using BenchmarkDotNet.Running;
using SkPaged.Bench;
using SkPaged.Bench.Paper;

var root = new RootCommand("Measures SkPaged. Run it with -c Release.");

var scheduler = new Command(
    "scheduler", "Time and bytes of Scheduler.Step in steady decode (BenchmarkDotNet).");
scheduler.SetAction(_ =>
    BenchmarkRunner.Run<SteadyDecodeBenchmarks>(SteadyDecodeBenchmarks.Config));
root.Subcommands.Add(scheduler);

var budgets = new Command("budgets", "Bytes of a step against budgets.json; exit code 1 above.");
budgets.SetAction(_ =>
{
    var rows = StepBudget.Read(Path.Combine(AppContext.BaseDirectory, "budgets.json"));
    var measured = rows.Select(row => (Budget: row, Bytes: row.Measure())).ToList();
    foreach (var (budget, bytes) in measured)
        Console.WriteLine($"{budget.Sequences,6} sequences {bytes,9} bytes of {budget.BytesMax,9}");
    return measured.All(row => row.Bytes <= row.Budget.BytesMax) ? 0 : 1;
});
root.Subcommands.Add(budgets);

root.Subcommands.Add(SoakCommand.Create());
root.Subcommands.Add(ThroughputCommand.Create());
root.Subcommands.Add(ChatCommand.Create());
root.Subcommands.Add(DecodeCommand.Create());
root.Subcommands.Add(GpuCommand.Create());
root.Subcommands.Add(StartCommand.Create());
root.Subcommands.Add(CallersCommand.Create());
root.Subcommands.Add(ReplayCommand.Create());
root.Subcommands.Add(PaperCommand.Create());

return root.Parse(args).Invoke();
