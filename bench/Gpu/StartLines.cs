using Microsoft.Extensions.Logging;

namespace SkPaged.Bench;

/// <summary>What an engine tells of its start, line by line on standard error.</summary>
internal sealed class StartLines : ILogger
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception,
        Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel))
            Console.Error.WriteLine($"  {formatter(state, exception)}");
    }
}
