using Spectre.Console;

namespace SkPaged.BatchGenerate;

/// <summary>A progress bar on standard error; silent where that is no terminal.</summary>
internal sealed class BatchProgress : IDisposable
{
    private readonly TaskCompletionSource _over = new();
    private readonly Task _drawing = Task.CompletedTask;
    private ProgressTask? _bar;
    private int _lines;
    private int _done;

    public BatchProgress()
    {
        if (Console.IsErrorRedirected)
            return;
        var console = AnsiConsole.Create(
            new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        _drawing = console.Progress().AutoClear(true).StartAsync(async context =>
        {
            _bar = context.AddTask("lines", maxValue: 1);
            await _over.Task;
        });
    }

    public void Add() => Interlocked.Increment(ref _lines);

    public void Done(long outputTokens)
    {
        _done++;
        if (_bar is not { } bar)
            return;
        bar.MaxValue = Math.Max(_lines, 1);
        bar.Value = _done;
        bar.Description = $"lines {_done}/{_lines}, {outputTokens} tokens";
    }

    public void Dispose()
    {
        if (_over.TrySetResult())
            _drawing.Wait();
    }
}
