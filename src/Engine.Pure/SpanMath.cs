namespace SkPaged.Engine.Pure;

internal static class SpanMath
{
    public static int Sum(this ReadOnlySpan<int> values)
    {
        var sum = 0;
        foreach (var value in values)
            sum += value;
        return sum;
    }
}
