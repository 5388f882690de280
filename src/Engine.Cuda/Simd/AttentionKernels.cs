using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace SkPaged.Engine.Cuda.Simd;

/// <summary>
/// The inner loops of attention, over the keys or values of one block's head: for four queries at
/// once, which share each read, and for one. Queries and sums are float32 in pair order.
/// </summary>
internal static unsafe class AttentionKernels<T>
    where T : unmanaged, IElement<T>
{
    private const int LineBytes = 64;

    /// <summary>Asks for elements that are needed soon, into the second-level cache.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Prefetch(T* start, int count)
    {
        if (!Sse.IsSupported)
            return;
        var end = (byte*)(start + count);
        for (var line = (byte*)start; line < end; line += LineBytes)
            Sse.Prefetch1(line);
    }

    /// <summary>score[query, key] = query . key, for four queries.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Score4(float* query, int d, T* keys, int count, float* score, int stride)
    {
        float* q1 = query + d, q2 = q1 + d, q3 = q2 + d;
        for (var key = 0; key < count; key++, keys += d)
        {
            Vector256<float> s0 = default, s1 = default, s2 = default, s3 = default;
            for (var i = 0; i < d; i += 16)
            {
                T.LoadPair(keys + i, out var a, out var b);
                s0 = Dot(query + i, a, b, s0);
                s1 = Dot(q1 + i, a, b, s1);
                s2 = Dot(q2 + i, a, b, s2);
                s3 = Dot(q3 + i, a, b, s3);
            }
            var sums = Lanes.Sums(s0, s1, s2, s3);
            score[key] = sums[0];
            score[key + stride] = sums[1];
            score[key + 2 * stride] = sums[2];
            score[key + 3 * stride] = sums[3];
        }
    }

    /// <summary>score[key] = query . key, for one query.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Score1(float* query, int d, T* keys, int count, float* score)
    {
        var key = 0;
        for (; key + 4 <= count; key += 4, keys += 4 * d)
        {
            Vector256<float> s0 = default, s1 = default, s2 = default, s3 = default;
            for (var i = 0; i < d; i += 16)
            {
                s0 = Dot(query + i, keys + i, s0);
                s1 = Dot(query + i, keys + d + i, s1);
                s2 = Dot(query + i, keys + 2 * d + i, s2);
                s3 = Dot(query + i, keys + 3 * d + i, s3);
            }
            Lanes.Sums(s0, s1, s2, s3).Store(score + key);
        }
        for (; key < count; key++, keys += d)
        {
            var sum = Vector256<float>.Zero;
            for (var i = 0; i < d; i += 16)
                sum = Dot(query + i, keys + i, sum);
            score[key] = Lanes.Sums(sum, sum, sum, sum)[0];
        }
    }

    /// <summary>score[query, key] = query . key, for two queries.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Score2(float* query, int d, T* keys, int count, float* score, int stride)
    {
        var q1 = query + d;
        var key = 0;
        for (; key + 4 <= count; key += 4, keys += 4 * d)
        {
            Vector256<float> s0 = default, s1 = default, s2 = default, s3 = default;
            Vector256<float> t0 = default, t1 = default, t2 = default, t3 = default;
            for (var i = 0; i < d; i += 16)
            {
                Dot2(query + i, q1 + i, keys + i, ref s0, ref t0);
                Dot2(query + i, q1 + i, keys + d + i, ref s1, ref t1);
                Dot2(query + i, q1 + i, keys + 2 * d + i, ref s2, ref t2);
                Dot2(query + i, q1 + i, keys + 3 * d + i, ref s3, ref t3);
            }
            Lanes.Sums(s0, s1, s2, s3).Store(score + key);
            Lanes.Sums(t0, t1, t2, t3).Store(score + stride + key);
        }
        Score1(query, d, keys, count - key, score + key);
        Score1(q1, d, keys, count - key, score + stride + key);
    }

    /// <summary>
    /// sum[query] += weight[query, key] value[key] over the keys, for four queries.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Accumulate4(
        float* sum, int d, T* values, int count, float* weight, int stride)
    {
        for (var i = 0; i < d; i += 16)
        {
            float* t0 = sum + i, t1 = t0 + d, t2 = t1 + d, t3 = t2 + d;
            Vector256<float> a0 = Vector256.Load(t0), b0 = Vector256.Load(t0 + 8);
            Vector256<float> a1 = Vector256.Load(t1), b1 = Vector256.Load(t1 + 8);
            Vector256<float> a2 = Vector256.Load(t2), b2 = Vector256.Load(t2 + 8);
            Vector256<float> a3 = Vector256.Load(t3), b3 = Vector256.Load(t3 + 8);
            for (var key = 0; key < count; key++)
            {
                T.LoadPair(values + (nint)key * d + i, out var a, out var b);
                Add(weight[key], a, b, ref a0, ref b0);
                Add(weight[key + stride], a, b, ref a1, ref b1);
                Add(weight[key + 2 * stride], a, b, ref a2, ref b2);
                Add(weight[key + 3 * stride], a, b, ref a3, ref b3);
            }
            Store(t0, a0, b0);
            Store(t1, a1, b1);
            Store(t2, a2, b2);
            Store(t3, a3, b3);
        }
    }

    /// <summary>
    /// sum[query] += weight[query, key] value[key] over the keys, for two queries.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Accumulate2(
        float* sum, int d, T* values, int count, float* weight, int stride)
    {
        var i = 0;
        for (; i + 32 <= d; i += 32)
        {
            float* t0 = sum + i, t1 = t0 + d;
            Vector256<float> a0 = Vector256.Load(t0), b0 = Vector256.Load(t0 + 8);
            Vector256<float> c0 = Vector256.Load(t0 + 16), d0 = Vector256.Load(t0 + 24);
            Vector256<float> a1 = Vector256.Load(t1), b1 = Vector256.Load(t1 + 8);
            Vector256<float> c1 = Vector256.Load(t1 + 16), d1 = Vector256.Load(t1 + 24);
            var value = values + i;
            for (var key = 0; key < count; key++, value += d)
            {
                T.LoadPair(value, out var a, out var b);
                T.LoadPair(value + 16, out var c, out var e);
                Add(weight[key], a, b, ref a0, ref b0);
                Add(weight[key], c, e, ref c0, ref d0);
                Add(weight[key + stride], a, b, ref a1, ref b1);
                Add(weight[key + stride], c, e, ref c1, ref d1);
            }
            Store(t0, a0, b0);
            Store(t0 + 16, c0, d0);
            Store(t1, a1, b1);
            Store(t1 + 16, c1, d1);
        }
        if (i < d)
        {
            AccumulateRest(sum, i, d, values, count, weight);
            AccumulateRest(sum + d, i, d, values, count, weight + stride);
        }
    }

    /// <summary>sum += weight[key] value[key] over the keys, for one query.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Accumulate1(float* sum, int d, T* values, int count, float* weight)
    {
        var i = 0;
        for (; i + 64 <= d; i += 64)
            Accumulate64(sum + i, d, values + i, count, weight);
        AccumulateRest(sum, i, d, values, count, weight);
    }

    // The elements from i on.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AccumulateRest(
        float* sum, int i, int d, T* values, int count, float* weight)
    {
        for (; i < d; i += 16)
        {
            Vector256<float> a0 = Vector256.Load(sum + i), b0 = Vector256.Load(sum + i + 8);
            for (var key = 0; key < count; key++)
                Add(weight[key], values + (nint)key * d + i, ref a0, ref b0);
            Store(sum + i, a0, b0);
        }
    }

    // 64 elements at once: enough sums to hide the latency of the multiply-add.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Accumulate64(float* sum, int d, T* values, int count, float* weight)
    {
        float* t1 = sum + 16, t2 = sum + 32, t3 = sum + 48;
        Vector256<float> a0 = Vector256.Load(sum), b0 = Vector256.Load(sum + 8);
        Vector256<float> a1 = Vector256.Load(t1), b1 = Vector256.Load(t1 + 8);
        Vector256<float> a2 = Vector256.Load(t2), b2 = Vector256.Load(t2 + 8);
        Vector256<float> a3 = Vector256.Load(t3), b3 = Vector256.Load(t3 + 8);
        for (var key = 0; key < count; key++, values += d)
        {
            Add(weight[key], values, ref a0, ref b0);
            Add(weight[key], values + 16, ref a1, ref b1);
            Add(weight[key], values + 32, ref a2, ref b2);
            Add(weight[key], values + 48, ref a3, ref b3);
        }
        Store(sum, a0, b0);
        Store(t1, a1, b1);
        Store(t2, a2, b2);
        Store(t3, a3, b3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Dot2(
        float* query0, float* query1, T* key, ref Vector256<float> sum0, ref Vector256<float> sum1)
    {
        T.LoadPair(key, out var a, out var b);
        sum0 = Dot(query0, a, b, sum0);
        sum1 = Dot(query1, a, b, sum1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Dot(float* query, T* key, Vector256<float> sum)
    {
        T.LoadPair(key, out var a, out var b);
        return Dot(query, a, b, sum);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Dot(
        float* query, Vector256<float> a, Vector256<float> b, Vector256<float> sum) =>
        Vector256.FusedMultiplyAdd(
            b, Vector256.Load(query + 8),
            Vector256.FusedMultiplyAdd(a, Vector256.Load(query), sum));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(
        float weight, T* values, ref Vector256<float> sumA, ref Vector256<float> sumB)
    {
        T.LoadPair(values, out var a, out var b);
        Add(weight, a, b, ref sumA, ref sumB);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(
        float weight, Vector256<float> a, Vector256<float> b,
        ref Vector256<float> sumA, ref Vector256<float> sumB)
    {
        var scale = Vector256.Create(weight);
        sumA = Vector256.FusedMultiplyAdd(a, scale, sumA);
        sumB = Vector256.FusedMultiplyAdd(b, scale, sumB);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(float* target, Vector256<float> a, Vector256<float> b)
    {
        a.Store(target);
        b.Store(target + 8);
    }
}
