using System.Collections.Immutable;
using System.Numerics;

namespace SkPaged.Connector.Templates;

/// <summary>Python's positions and slices: negative ones count from the end.</summary>
internal static class Slicing
{
    /// <summary>An integer as an int, at the nearest bound where it is beyond.</summary>
    public static int Saturate(BigInteger number) =>
        (int)BigInteger.Min(int.MaxValue, BigInteger.Max(int.MinValue, number));

    /// <summary>The element at a position; null where the value has none there.</summary>
    public static Value? ElementAt(Value value, BigInteger position)
    {
        var length = value is Value.Text or Value.Sequence ? Iteration.Length(value) ?? 0 : 0;
        var at = position.Sign < 0 ? position + length : position;
        if (at.Sign < 0 || at >= length)
            return null;
        return value is Value.Text text
            ? text with { Chars = CodePoints.Substring(text.Chars, (int)at, 1) }
            : ((Value.Sequence)value).Items[(int)at];
    }

    /// <summary><c>value[start:stop:step]</c>; null bounds are those left out or none.</summary>
    /// <exception cref="TemplateFault">
    /// No sequence, a bound that is no integer, a step of zero.
    /// </exception>
    public static Value Slice(Value value, Value? start, Value? stop, Value? step)
    {
        var (from, to, stride) = (Bound(start), Bound(stop), Bound(step) ?? 1);
        if (stride == 0)
            throw new TemplateFault("slice step cannot be zero");
        return value switch
        {
            Value.Text text => text with { Chars = SliceText(text.Chars, from, to, stride) },
            Value.Tuple tuple => new Value.Tuple(Pick(tuple.Items, from, to, stride)),
            Value.List list => new Value.List(Pick(list.Items, from, to, stride)),
            Value.Range range => SliceRange(range, from, to, stride),
            _ => throw TemplateFault.On(
                value, $"'{Describe.TypeOf(value)}' object cannot be sliced"),
        };
    }

    private static string SliceText(string text, int? start, int? stop, int stride)
    {
        if (stride != 1 && !CodePoints.HasSurrogates(text))
            return new([.. Pick([.. text], start, stop, stride)]);
        if (stride != 1)
            return string.Concat(Pick([.. CodePoints.Each(text)], start, stop, stride));
        var (from, to) = Clamp(CodePoints.Count(text), start, stop, stride);
        return CodePoints.Substring(text, from, Math.Max(0, to - from));
    }

    private static Value.Range SliceRange(Value.Range range, int? start, int? stop, int stride)
    {
        var (from, to) = Clamp(range.Items.Length, start, stop, stride);
        return new(
            range.Start + from * range.Step,
            range.Start + to * range.Step,
            range.Step * stride,
            Pick(range.Items, start, stop, stride));
    }

    private static ImmutableArray<T> Pick<T>(
        ImmutableArray<T> items, int? start, int? stop, int stride)
    {
        var (from, to) = Clamp(items.Length, start, stop, stride);
        var picked = ImmutableArray.CreateBuilder<T>();
        for (long i = from; stride > 0 ? i < to : i > to; i += stride)
            picked.Add(items[(int)i]);
        return picked.ToImmutable();
    }

    // [from, to) going up; going down, (to, from], so that to may be -1.
    private static (int From, int To) Clamp(int length, int? start, int? stop, int stride)
    {
        var (low, high) = stride > 0 ? (0, length) : (-1, length - 1);
        return (Place(start, stride > 0 ? low : high), Place(stop, stride > 0 ? high : low));

        int Place(int? bound, int otherwise) => bound is { } given
            ? Math.Clamp(given < 0 ? given + length : given, low, high)
            : otherwise;
    }

    private static int? Bound(Value? bound) => bound switch
    {
        null or Value.None => null,
        _ when Number.Whole(bound) is { } whole => Saturate(whole),
        _ => throw new TemplateFault("slice indices must be integers or None"),
    };
}
