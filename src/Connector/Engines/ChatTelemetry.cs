using Microsoft.Extensions.AI;

namespace SkPaged.Connector.Engines;

/// <summary>How a pipeline tells of its calls.</summary>
/// <param name="SourceName">Of activity source and meter.</param>
/// <param name="Configure">Sees the measuring client first; null = nobody does.</param>
internal sealed record ChatTelemetry(string SourceName, Action<OpenTelemetryChatClient>? Configure)
{
    /// <summary>Under the name of the engine's own metrics.</summary>
    public static ChatTelemetry Default { get; } = Of(null, null);

    /// <summary>As a registration says; null = the default.</summary>
    public static ChatTelemetry Of(
        string? sourceName, Action<OpenTelemetryChatClient>? configure) =>
        new(sourceName ?? PagedLlmTelemetry.Name, configure);
}
