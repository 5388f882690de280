using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace SkPaged.Engine.Cuda.Simd;

/// <summary>
/// y[m, n] = bias[n] + sum over k of x[m, k] w[n, k], for few rows of x: each row of w is read from
/// memory once, so a decode step moves the weights at the speed of the memory.
/// </summary>
/// <remarks>
/// A result does not depend on how many rows there are: all add up in the same order.
/// </remarks>
internal static unsafe class Matrix<T>
    where T : unmanaged, IElement<T>
{
    // How far ahead of the arithmetic the weights are asked for. Measured: 2 KB is best.
    private const int PrefetchBytes = 2048;

    // From here on four rows of w are read at once. Measured: at 256 one is faster, at 704 four.
    private const int LongRow = 512;

    /// <summary>Unpacks x to float32 in pair order: rows of <paramref name="k"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Pack(T* x, int rows, int k, float* packed)
    {
        for (nint i = 0; i < (nint)rows * k; i += IElement<T>.PairLength)
        {
            T.LoadPair(x + i, out var a, out var b);
            a.Store(packed + i);
            b.Store(packed + i + 8);
        }
    }

    /// <summary>Columns [first, end) of y, whose rows are <paramref name="n"/> apart.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply(
        float* packed, int rows, T* w, int k, T* bias, T* y, int n, int first, int end)
    {
        var column = rows == 1 && k >= LongRow
            ? MultiplyOne(packed, w, k, bias, y, first, end)
            : first;
        for (; column < end; column++)
        {
            var weights = w + (nint)column * k;
            var offset = bias is null ? 0 : bias[column].Value;
            var x = packed;
            var target = y + column;
            var left = rows;
            for (; left >= 4; left -= 4, x += 4 * (nint)k, target += 4 * (nint)n)
                Dot4(x, weights, k, offset, target, n);
            if (left >= 2)
            {
                Dot2(x, weights, k, offset, target, n);
                x += 2 * (nint)k;
                target += 2 * (nint)n;
                left -= 2;
            }
            if (left == 1)
                Dot1(x, weights, k, offset, target);
        }
    }

    // One row of x: four columns at once share its reads. They lie about a quarter of the range
    // apart, so that the memory serves four streams; an odd number of rows, as streams that are a
    // multiple of 4 KB apart push each other out of the cache. Gives the first column that is left.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int MultiplyOne(float* x, T* w, int k, T* bias, T* y, int first, int end)
    {
        var quarter = end - first < 4 ? 0 : ((end - first) / 4 - 1) | 1;
        for (var column = first; column < first + quarter; column++)
            Dot1By4(x, w + (nint)column * k, k, quarter, bias is null ? null : bias + column,
                y + column);
        return first + 4 * quarter;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Dot1By4(float* x, T* w, int k, int apart, T* bias, T* y)
    {
        T* w1 = w + (nint)apart * k, w2 = w1 + (nint)apart * k, w3 = w2 + (nint)apart * k;
        Sums sums0 = default, sums1 = default, sums2 = default, sums3 = default;
        var i = 0;
        for (; i + 16 < k; i += 32)
        {
            sums0.Add(x + i, w + i, w + i + 16);
            sums1.Add(x + i, w1 + i, w1 + i + 16);
            sums2.Add(x + i, w2 + i, w2 + i + 16);
            sums3.Add(x + i, w3 + i, w3 + i + 16);
        }
        if (i < k)
        {
            sums0.Add(x + i, w + i);
            sums1.Add(x + i, w1 + i);
            sums2.Add(x + i, w2 + i);
            sums3.Add(x + i, w3 + i);
        }
        var totals = Lanes.Sums(sums0.Lanes, sums1.Lanes, sums2.Lanes, sums3.Lanes);
        if (bias is not null)
            totals = Vector128.Create(
                bias[0].Value, bias[apart].Value, bias[2 * apart].Value, bias[3 * apart].Value)
                + totals;
        y[0] = T.From(totals[0]);
        y[apart] = T.From(totals[1]);
        y[2 * apart] = T.From(totals[2]);
        y[3 * apart] = T.From(totals[3]);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Dot1(float* x, T* w, int k, float offset, T* y)
    {
        Sums sums = default;
        var i = 0;
        for (; i + 16 < k; i += 32)
        {
            Lanes.Prefetch(w + i, PrefetchBytes);
            T.LoadPair(w + i, out var a, out var b);
            T.LoadPair(w + i + 16, out var c, out var d);
            sums.Add(x + i, a, b, c, d);
        }
        if (i < k)
        {
            T.LoadPair(w + i, out var a, out var b);
            sums.Add(x + i, a, b);
        }
        *y = T.From(offset + sums.Total);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Dot2(float* x, T* w, int k, float offset, T* y, nint n)
    {
        Sums sums0 = default, sums1 = default;
        var i = 0;
        for (; i + 16 < k; i += 32)
        {
            Lanes.Prefetch(w + i, PrefetchBytes);
            T.LoadPair(w + i, out var a, out var b);
            T.LoadPair(w + i + 16, out var c, out var d);
            sums0.Add(x + i, a, b, c, d);
            sums1.Add(x + k + i, a, b, c, d);
        }
        if (i < k)
        {
            T.LoadPair(w + i, out var a, out var b);
            sums0.Add(x + i, a, b);
            sums1.Add(x + k + i, a, b);
        }
        y[0] = T.From(offset + sums0.Total);
        y[n] = T.From(offset + sums1.Total);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Dot4(float* x, T* w, int k, float offset, T* y, nint n)
    {
        Sums sums0 = default, sums1 = default, sums2 = default, sums3 = default;
        float* x1 = x + k, x2 = x1 + k, x3 = x2 + k;
        var i = 0;
        for (; i + 16 < k; i += 32)
        {
            Lanes.Prefetch(w + i, PrefetchBytes);
            T.LoadPair(w + i, out var a, out var b);
            T.LoadPair(w + i + 16, out var c, out var d);
            sums0.Add(x + i, a, b, c, d);
            sums1.Add(x1 + i, a, b, c, d);
            sums2.Add(x2 + i, a, b, c, d);
            sums3.Add(x3 + i, a, b, c, d);
        }
        if (i < k)
        {
            T.LoadPair(w + i, out var a, out var b);
            sums0.Add(x + i, a, b);
            sums1.Add(x1 + i, a, b);
            sums2.Add(x2 + i, a, b);
            sums3.Add(x3 + i, a, b);
        }
        y[0] = T.From(offset + sums0.Total);
        y[n] = T.From(offset + sums1.Total);
        y[2 * n] = T.From(offset + sums2.Total);
        y[3 * n] = T.From(offset + sums3.Total);
    }

    // Four running sums: enough to hide the latency of the multiply-add.
    private struct Sums
    {
        private Vector256<float> _a, _b, _c, _d;

        // To be added up as Vector256.Sum and Lanes.Sums do: neighbours first, halves last.
        public readonly Vector256<float> Lanes
        {
            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            get => (_a + _c) + (_b + _d);
        }

        public readonly float Total
        {
            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            get => Vector256.Sum(Lanes);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Add(
            float* x, Vector256<float> a, Vector256<float> b, Vector256<float> c,
                Vector256<float> d)
        {
            Add(x, a, b);
            _c = Vector256.FusedMultiplyAdd(c, Vector256.Load(x + 16), _c);
            _d = Vector256.FusedMultiplyAdd(d, Vector256.Load(x + 24), _d);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Add(float* x, T* first, T* second)
        {
            T.LoadPair(first, out var a, out var b);
            T.LoadPair(second, out var c, out var d);
            Add(x, a, b, c, d);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Add(float* x, T* pair)
        {
            T.LoadPair(pair, out var a, out var b);
            Add(x, a, b);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Add(float* x, Vector256<float> a, Vector256<float> b)
        {
            _a = Vector256.FusedMultiplyAdd(a, Vector256.Load(x), _a);
            _b = Vector256.FusedMultiplyAdd(b, Vector256.Load(x + 8), _b);
        }
    }
}
