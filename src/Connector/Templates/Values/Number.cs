using System.Globalization;
using System.Numerics;
using System.Text.RegularExpressions;

namespace SkPaged.Connector.Templates;

/// <summary>
/// Python's numbers: integers of (almost) any size, doubles, and booleans as 0 and 1.
/// </summary>
internal static partial class Number
{
    public static bool IsNumber(Value value) => value is Value.Integer or Value.Float or Value.Bool;

    /// <summary>
    /// The integer that the value is, a boolean counting as one; null for all else.
    /// </summary>
    public static BigInteger? Whole(Value value) => value switch
    {
        Value.Integer integer => integer.Number,
        Value.Bool flag => flag.Truth ? 1 : 0,
        _ => null,
    };

    /// <exception cref="TemplateFault">
    /// No number, or an integer beyond the range of a double.
    /// </exception>
    public static double Real(Value value) => value switch
    {
        Value.Float real => real.Number,
        _ when Whole(value) is { } whole => ToDouble(whole),
        _ => throw TemplateFault.On(value, $"a number is needed, not '{Describe.TypeOf(value)}'"),
    };

    /// <summary>An integer within the size limit.</summary>
    public static Value.Integer Of(BigInteger number) =>
        number.GetBitLength() <= TemplateLimits.MaxIntegerBits
            ? new Value.Integer(number)
            : throw TooLarge();

    public static TemplateFault TooLarge() =>
        new($"an integer of more than {TemplateLimits.MaxIntegerBits} bits");

    /// <summary>
    /// Negative, zero, positive, or NaN where a NaN has no order. Exact for integers of any size.
    /// </summary>
    public static double Compare(Value left, Value right) => (Whole(left), Whole(right)) switch
    {
        ({ } a, { } b) => a.CompareTo(b),
        ({ } a, null) => CompareToReal(a, Real(right)),
        (null, { } b) => -CompareToReal(b, Real(left)),
        _ => Real(left) is var a && Real(right) is var b && (double.IsNaN(a) || double.IsNaN(b))
            ? double.NaN
            : Real(left).CompareTo(Real(right)),
    };

    /// <summary>The value of a numeric literal of the template language.</summary>
    public static Value ParseLiteral(Token token)
    {
        var digits = token.Text.Replace("_", "", StringComparison.Ordinal);
        if (token.Kind == TokenKind.Float)
            return new Value.Float(double.Parse(digits, RealStyle, CultureInfo.InvariantCulture));
        return ParseInteger(digits, 0) is { } whole
            && whole.GetBitLength() <= TemplateLimits.MaxIntegerBits
                ? new Value.Integer(whole)
                : throw new ChatTemplateException(TooLarge().Message, token.At);
    }

    /// <summary>
    /// What Python's <c>int(text, radix)</c> gives, or null where it fails. Radix 0 means: as the
    /// prefix says (0x, 0o, 0b), else 10.
    /// </summary>
    public static BigInteger? ParseInteger(string text, int radix)
    {
        var digits = PythonText.Strip(text, null);
        var negative = digits.StartsWith('-');
        if (negative || digits.StartsWith('+'))
            digits = digits[1..];
        var prefix = digits.Length > 1 && digits[0] == '0' ? Radix(digits[1]) : 0;
        if (prefix > 0 && (radix == 0 || radix == prefix))
            (digits, radix) = (digits[2..].TrimStart('_'), prefix);
        var magnitude = ParseDigits(digits, radix == 0 ? 10 : radix);
        return negative ? -magnitude : magnitude;
    }

    /// <summary>What Python's <c>float(text)</c> gives, or null where it fails.</summary>
    public static double? ParseReal(string text) =>
        PythonText.Strip(text, null).ToLowerInvariant() switch
        {
            "inf" or "+inf" or "infinity" or "+infinity" => double.PositiveInfinity,
            "-inf" or "-infinity" => double.NegativeInfinity,
            "nan" or "+nan" or "-nan" => double.NaN,
            var digits when RealLiteral().IsMatch(digits) => double.Parse(
                digits.Replace("_", "", StringComparison.Ordinal),
                RealStyle,
                CultureInfo.InvariantCulture),
            _ => null,
        };

    private const int MaxDigits = 4_300;

    private const NumberStyles RealStyle =
        NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;

    private const string Digits = "[0-9]+(_[0-9]+)*";

    [GeneratedRegex(@$"^[-+]?({Digits}\.?({Digits})?|\.{Digits})(e[-+]?{Digits})?\z")]
    private static partial Regex RealLiteral();

    public static double ToDouble(BigInteger number)
    {
        var real = (double)number;
        return double.IsInfinity(real)
            ? throw new TemplateFault("int too large to convert to float")
            : real;
    }

    private static double CompareToReal(BigInteger whole, double real) => real switch
    {
        double.NaN => double.NaN,
        double.PositiveInfinity => -1,
        double.NegativeInfinity => 1,
        _ => whole.CompareTo(new BigInteger(Math.Floor(real))) switch
        {
            0 => real > Math.Floor(real) ? -1 : 0,
            var order => order,
        },
    };

    private static int Radix(char code) => code switch
    {
        'x' or 'X' => 16,
        'o' or 'O' => 8,
        'b' or 'B' => 2,
        _ => 0,
    };

    private static BigInteger? ParseDigits(string digits, int radix)
    {
        if (digits.Length is 0 or > MaxDigits || digits[0] == '_' || digits[^1] == '_')
            return null;
        var value = BigInteger.Zero;
        for (var i = 0; i < digits.Length; i++)
        {
            if (digits[i] == '_' && digits[i - 1] != '_')
                continue;
            var digit = DigitOf(digits[i]);
            if (digit >= radix)
                return null;
            value = value * radix + digit;
        }

        return value;
    }

    private static int DigitOf(char digit) => digit switch
    {
        >= '0' and <= '9' => digit - '0',
        >= 'a' and <= 'z' => digit - 'a' + 10,
        >= 'A' and <= 'Z' => digit - 'A' + 10,
        _ => int.MaxValue,
    };
}
