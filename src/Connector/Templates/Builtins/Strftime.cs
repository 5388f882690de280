using System.Globalization;

namespace SkPaged.Connector.Templates;

/// <summary>
/// C's <c>strftime</c> in the C locale, without a time zone, as Python's <c>datetime.now()</c> has
/// none.
/// </summary>
internal static class Strftime
{
    /// <param name="time">The local time.</param>
    /// <param name="format">
    /// Text with codes such as <c>%d %b %Y</c>; <c>%-d</c> drops leading zeros.
    /// </param>
    /// <exception cref="TemplateFault">A code that is not supported.</exception>
    public static string Format(DateTimeOffset time, string format)
    {
        var text = new TextBuilder();
        for (var i = 0; i < format.Length; i++)
        {
            if (format[i] != '%')
            {
                text.Append(format[i]);
                continue;
            }

            var bare = i + 2 < format.Length && format[i + 1] == '-';
            i += bare ? 2 : 1;
            var field = i < format.Length ? Field(time, format[i]) : null;
            if (field is null)
                throw new TemplateFault($"unsupported code in the time format '{format}'");
            text.Append(bare ? WithoutPadding(field) : field);
        }

        return text.ToString();
    }

    private static string? Field(DateTimeOffset time, char code) => code switch
    {
        'a' => Invariant(time, "ddd"),
        'A' => Invariant(time, "dddd"),
        'w' => $"{(int)time.DayOfWeek}",
        'u' => $"{((int)time.DayOfWeek + 6) % 7 + 1}",
        'd' => Invariant(time, "dd"),
        'e' => $"{time.Day,2}",
        'b' or 'h' => Invariant(time, "MMM"),
        'B' => Invariant(time, "MMMM"),
        'm' => Invariant(time, "MM"),
        'y' => Invariant(time, "yy"),
        'Y' => $"{time.Year}",
        'H' => Invariant(time, "HH"),
        'I' => Invariant(time, "hh"),
        'M' => Invariant(time, "mm"),
        'S' => Invariant(time, "ss"),
        'f' => Invariant(time, "ffffff"),
        'p' => Invariant(time, "tt"),
        'j' => $"{time.DayOfYear:000}",
        'U' => $"{(time.DayOfYear + 6 - (int)time.DayOfWeek) / 7:00}",
        'W' => $"{(time.DayOfYear + 6 - ((int)time.DayOfWeek + 6) % 7) / 7:00}",
        'V' => $"{ISOWeek.GetWeekOfYear(time.DateTime):00}",
        'G' => $"{ISOWeek.GetYear(time.DateTime)}",
        'c' => Invariant(time, "ddd MMM ") + $"{time.Day,2}" + Invariant(time, " HH:mm:ss yyyy"),
        'x' or 'D' => Invariant(time, "MM/dd/yy"),
        'X' or 'T' => Invariant(time, "HH:mm:ss"),
        'F' => Invariant(time, "yyyy-MM-dd"),
        'R' => Invariant(time, "HH:mm"),
        'z' or 'Z' => "",
        '%' => "%",
        _ => null,
    };

    private static string WithoutPadding(string field) =>
        field.TrimStart('0', ' ') is { Length: > 0 } significant ? significant : "0";

    private static string Invariant(DateTimeOffset time, string format) =>
        time.ToString(format, CultureInfo.InvariantCulture);
}
