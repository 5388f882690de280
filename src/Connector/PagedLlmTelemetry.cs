namespace SkPaged.Connector;

/// <summary>Where the telemetry of models in this process is found.</summary>
/// <remarks>docs/telemetry.md lists all spans and metrics with their units.</remarks>
public static class PagedLlmTelemetry
{
    /// <summary>
    /// The name of the activity source of all chat calls, unless their registration gave another,
    /// and of the meters of all calls and engines: <c>AddSource</c> and <c>AddMeter</c> take it.
    /// </summary>
    public const string Name = "SkPaged";
}
