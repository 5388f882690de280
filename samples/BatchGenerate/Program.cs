using System.Diagnostics;
using SkPaged.BatchGenerate;

var parsed = new BatchOptions().Command(RunAsync).Parse(args);
var code = await parsed.InvokeAsync();
return parsed.Errors.Count > 0 ? 2 : code; // 1 says that lines failed

static async Task<int> RunAsync(BatchRun run, CancellationToken cancellationToken)
{
    try
    {
        BatchFiles.ThrowIfSame(run);
        using var input = BatchFiles.OpenInput(run.Input);
        using var model = BatchModel.Load(run.Model, run.Engine);
        await using var output = BatchFiles.OpenOutput(run.Output);
        using var progress = new BatchProgress();
        var watch = Stopwatch.StartNew();
        var batch = new Batch(model, progress);
        await batch.RunAsync(input, output, cancellationToken);
        progress.Dispose();
        Console.Error.WriteLine(Summary.Of(
            model.Engine.Loop.Snapshot, batch.Lines, batch.Failed, batch.OutputTokens,
            watch.Elapsed));
        return batch.Failed == 0 ? 0 : 1;
    }
    catch (Exception wrong) when (BatchFiles.IsUsersMistake(wrong))
    {
        Console.Error.WriteLine($"error: {wrong.Message}");
        return 2;
    }
}
