namespace SkPaged.Connector.Templates;

/// <summary>
/// Strings marked as HTML by <c>safe</c> or <c>escape</c>. Templates print them like any other, but
/// what is added to one is escaped first; some published templates depend on that, knowingly or
/// not.
/// </summary>
internal static class Markup
{
    /// <summary>
    /// The string with HTML's special characters escaped; as it is where it is markup.
    /// </summary>
    public static string Escape(Value.Text text) => text.IsMarkup
        ? text.Chars
        : text.Chars
            .Replace("&", "&amp;", StringComparison.Ordinal)
            .Replace(">", "&gt;", StringComparison.Ordinal)
            .Replace("<", "&lt;", StringComparison.Ordinal)
            .Replace("'", "&#39;", StringComparison.Ordinal)
            .Replace("\"", "&#34;", StringComparison.Ordinal);

    /// <summary>
    /// Concatenates; where one side is markup, the other is escaped and the result is markup.
    /// </summary>
    public static Value.Text Add(Value.Text left, Value.Text right) =>
        left.IsMarkup || right.IsMarkup
            ? new(Escape(left) + Escape(right), IsMarkup: true)
            : new(left.Chars + right.Chars);
}
