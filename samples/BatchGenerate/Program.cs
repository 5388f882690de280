using System.Diagnostics;
using SkPaged.BatchGenerate;

return await new BatchOptions().Command(RunAsync).Parse(args).InvokeAsync();

static async Task<int> RunAsync(BatchRun run, CancellationToken cancellationToken)
{
    try
    {
        using var model = BatchModel.Load(run.Model, run.Engine);
        using var input = BatchFiles.OpenInput(run.Input);
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
