using Microsoft.Extensions.Logging;

namespace SkPaged.BatchGenerate;

/// <summary>
/// What the engine says, to standard error: the stages of its start, and whatever is wrong.
/// </summary>
internal sealed class BatchLog : ILogger
{
    private const string Stage = "Start: ";

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception,
        Func<TState, Exception?, string> formatter)
    {
        var text = formatter(state, exception);
        if (logLevel >= LogLevel.Warning)
            Console.Error.WriteLine($"warning: {text}");
        else if (text.StartsWith(Stage, StringComparison.Ordinal))
            Console.Error.WriteLine(text[Stage.Length..]);
    }
}
