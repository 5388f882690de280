using System.Globalization;
using System.Numerics;
using System.Text.RegularExpressions;

namespace SkPaged.Connector.Templates;

/// <summary>
/// Python's <c>format % values</c>, for s, r, d, i, x, X and f with flags, width and precision.
/// </summary>
internal static partial class PercentFormat
{
    /// <param name="format">The text with its placeholders.</param>
    /// <param name="values">
    /// A tuple, one value a placeholder; a dict, for placeholders such as <c>%(key)s</c>; or else
    /// the single value.
    /// </param>
    public static string Apply(string format, Value values)
    {
        var given = values is Value.Tuple tuple ? tuple.Items : [values];
        var (used, start, text) = (0, 0, new TextBuilder());
        for (var at = format.IndexOf('%'); at >= 0; at = format.IndexOf('%', start))
        {
            var placeholder = Placeholder().Match(format, at);
            if (!placeholder.Success)
                throw new TemplateFault("unsupported format after '%'");
            text.Append(format.AsSpan(start, at - start));
            start = at + placeholder.Length;
            if (placeholder.Groups["code"].ValueSpan is "%")
                text.Append('%');
            else if (placeholder.Groups["key"] is { Success: true, Value: var key })
                AppendPadded(placeholder, Keyed(values, key), text);
            else if (used < given.Length)
                AppendPadded(placeholder, given[used++], text);
            else
                throw new TemplateFault("not enough arguments for format string");
        }

        // As in Python, what could be a mapping may be left unused.
        return used == given.Length || values is not Value.Tuple
            and (Value.Dict or Value.Sequence or Value.Undefined)
            ? text.Append(format.AsSpan(start)).ToString()
            : throw new TemplateFault("not all arguments converted during string formatting");
    }

    private static Value Keyed(Value values, string key) => values is Value.Dict dict
        ? dict.Find(new Value.Text(key)) ?? throw new TemplateFault($"no '{key}' to format")
        : throw new TemplateFault("format requires a mapping");

    private static void AppendPadded(Match placeholder, Value value, TextBuilder text)
    {
        var flags = placeholder.Groups["flags"].Value;
        var precision = Parse(placeholder.Groups["precision"], -1);
        var code = placeholder.Groups["code"].ValueSpan[0];
        var body = Convert(code, value, precision);
        var sign = code is 's' or 'r' || body.StartsWith('-') ? ""
            : flags.Contains('+') ? "+" : flags.Contains(' ') ? " " : "";
        body = sign + body;
        var padding = Parse(placeholder.Groups["width"], 0) - CodePoints.Count(body);
        if (flags.Contains('-'))
            text.Append(body).AppendRepeated(" ", padding);
        else if (flags.Contains('0') && code is not ('s' or 'r'))
            AppendZeroPadded(body, padding, text);
        else
            text.AppendRepeated(" ", padding).Append(body);
    }

    private static void AppendZeroPadded(string body, int padding, TextBuilder text)
    {
        var signed = body[0] is '-' or '+' or ' ' ? 1 : 0;
        text.Append(body.AsSpan(0, signed)).AppendRepeated("0", padding)
            .Append(body.AsSpan(signed));
    }

    // More decimals than any double has.
    private const int MaxPrecision = 1_100;

    private static string Convert(char code, Value value, int precision) => code switch
    {
        's' => Cut(PythonRepr.Str(value), precision),
        'r' => Cut(PythonRepr.Of(value), precision),
        _ when precision > MaxPrecision => throw new TemplateFault("precision too large"),
        'f' or 'F' => PythonFloat.Fixed(Number.Real(value), precision < 0 ? 6 : precision),
        'x' or 'X' when Number.Whole(value) is { } whole =>
            (whole.Sign < 0 ? "-" : "") + Hex(BigInteger.Abs(whole), code),
        _ when Number.Whole(value) is { } whole => whole.ToString(CultureInfo.InvariantCulture),
        'd' or 'i' when value is Value.Float { Number: var real } && double.IsFinite(real) =>
            PythonFloat.Fixed(Math.Truncate(real), 0),
        _ => throw new TemplateFault(
            $"%{code} format: a number is required, not {Describe.TypeOf(value)}"),
    };

    private static string Hex(BigInteger magnitude, char code) =>
        magnitude.ToString(code == 'x' ? "x" : "X", CultureInfo.InvariantCulture) is var digits
        && digits.TrimStart('0') is { Length: > 0 } significant
            ? significant
            : "0";

    private static string Cut(string text, int precision) =>
        precision >= 0 && precision < CodePoints.Count(text)
            ? CodePoints.Substring(text, 0, precision)
            : text;

    private static int Parse(Group digits, int otherwise) => digits.Success && digits.Length > 0
        ? Slicing.Saturate(Number.ParseInteger(digits.Value, 10) ?? 0)
        : otherwise;

    private const string Form =
        @"\G%(\((?<key>[^)]*)\))?(?<flags>[-+ 0]*)(?<width>[0-9]*)(\.(?<precision>[0-9]*))?"
        + "(?<code>[sdirxXfF%])";

    [GeneratedRegex(Form)]
    private static partial Regex Placeholder();
}
