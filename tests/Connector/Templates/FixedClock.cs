namespace SkPaged.Connector.Tests.Templates;

/// <summary>A clock that stands, in a time zone of its own.</summary>
internal sealed class FixedClock(DateTimeOffset now) : TimeProvider
{
    /// <summary>The time at which the goldens were made.</summary>
    public static FixedClock OfGoldens { get; } =
        new(new DateTimeOffset(2024, 7, 4, 5, 6, 7, 89, 12, TimeSpan.Zero));

    public override TimeZoneInfo LocalTimeZone { get; } =
        TimeZoneInfo.CreateCustomTimeZone("test", now.Offset, "test", "test");

    public override DateTimeOffset GetUtcNow() => now.ToUniversalTime();
}
