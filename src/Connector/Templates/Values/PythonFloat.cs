using System.Globalization;
using System.Numerics;

namespace SkPaged.Connector.Templates;

/// <summary>Python's way with floats: their shortest text, and rounding that is exact.</summary>
internal static class PythonFloat
{
    /// <summary>
    /// The shortest digits that read back as the same number: 1.0, 0.1, 1e+16, 1e-05, inf.
    /// </summary>
    public static string Repr(double number)
    {
        if (!double.IsFinite(number))
            return double.IsNaN(number) ? "nan" : number > 0 ? "inf" : "-inf";
        var (sign, digits, exponent) = Shortest(number);
        var text = exponent switch
        {
            < -4 or >= 16 => Scientific(digits, exponent),
            < 0 => $"0.{new string('0', -exponent - 1)}{digits}",
            _ when digits.Length <= exponent + 1 => $"{digits.PadRight(exponent + 1, '0')}.0",
            _ => $"{digits[..(exponent + 1)]}.{digits[(exponent + 1)..]}",
        };
        return sign + text;
    }

    /// <summary>
    /// The number with that many decimals, half to even on its exact value, as <c>%.nf</c>.
    /// </summary>
    public static string Fixed(double number, int decimals)
    {
        if (!double.IsFinite(number))
            return Repr(number);
        var scaled = Scale(Math.Abs(number), decimals).ToString(CultureInfo.InvariantCulture);
        var digits = scaled.PadLeft(decimals + 1, '0');
        var sign = double.IsNegative(number) ? "-" : "";
        return decimals == 0 ? sign + digits : $"{sign}{digits[..^decimals]}.{digits[^decimals..]}";
    }

    /// <summary>Python's <c>round(number, decimals)</c>; decimals may be negative.</summary>
    public static double Round(double number, int decimals)
    {
        // A double has no digits beyond 10^-323 and none above 10^308.
        if (!double.IsFinite(number) || decimals > 323)
            return number;
        if (decimals < -308)
            return Math.CopySign(0, number);
        var scaled = Scale(Math.Abs(number), decimals);
        var rounded = double.Parse($"{scaled}e{-decimals}", CultureInfo.InvariantCulture);
        return Math.CopySign(rounded, number);
    }

    /// <summary>
    /// The integer nearest to <c>number * 10^decimals</c>, half to even, without rounding before.
    /// </summary>
    private static BigInteger Scale(double number, int decimals)
    {
        var bits = BitConverter.DoubleToInt64Bits(number);
        var biased = (int)(bits >> 52) & 0x7FF;
        var fraction = bits & 0xF_FFFF_FFFF_FFFF;
        var mantissa = new BigInteger(biased == 0 ? fraction : fraction | (1L << 52));
        var exponent = Math.Max(biased, 1) - 1075;
        var numerator = mantissa
            * BigInteger.Pow(2, Math.Max(0, exponent)) * BigInteger.Pow(10, Math.Max(0, decimals));
        var denominator =
            BigInteger.Pow(2, Math.Max(0, -exponent)) * BigInteger.Pow(10, Math.Max(0, -decimals));
        var (quotient, remainder) = BigInteger.DivRem(numerator, denominator);
        var half = (remainder * 2).CompareTo(denominator);
        return half > 0 || (half == 0 && !quotient.IsEven) ? quotient + 1 : quotient;
    }

    /// <summary>
    /// Sign, digits without zeros at either end, and the exponent of the first digit.
    /// </summary>
    private static (string Sign, string Digits, int Exponent) Shortest(double number)
    {
        var text = Math.Abs(number).ToString("R", CultureInfo.InvariantCulture).Split('E');
        var point = text[0].IndexOf('.') is var at and >= 0 ? at : text[0].Length;
        var padded = text[0].Replace(".", "", StringComparison.Ordinal);
        var digits = padded.TrimStart('0');
        var power = text.Length > 1 ? int.Parse(text[1], CultureInfo.InvariantCulture) : 0;
        var exponent = power + point - 1 - (padded.Length - digits.Length);
        var sign = double.IsNegative(number) ? "-" : "";
        return digits == "" ? (sign, "0", 0) : (sign, digits.TrimEnd('0'), exponent);
    }

    private static string Scientific(string digits, int exponent)
    {
        var mantissa = digits.Length == 1 ? digits : $"{digits[..1]}.{digits[1..]}";
        var size = Math.Abs(exponent).ToString("00", CultureInfo.InvariantCulture);
        return $"{mantissa}e{(exponent < 0 ? '-' : '+')}{size}";
    }
}
