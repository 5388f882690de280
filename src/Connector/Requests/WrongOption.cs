namespace SkPaged.Connector.Requests;

/// <summary>
/// Stands in the place of an option that cannot be taken, so that it is told with all others.
/// </summary>
/// <param name="Shown">The value, as errors show it.</param>
/// <param name="Expected">What it must be.</param>
/// <param name="IsFinal">
/// Whether that is said whatever the reader of the option would say.
/// </param>
internal sealed record WrongOption(string Shown, string Expected, bool IsFinal = false);
