using SkPaged.Engine.Cuda.Simd;
using Xunit;

namespace SkPaged.Engine.Cuda.Tests.Simd;

public class AttentionTests
{
    public static TheoryData<int, int, int, int, int, int> Cases()
    {
        var cases = new TheoryData<int, int, int, int, int, int>();
        foreach (
            var (heads, kvHeads) in (ReadOnlySpan<(int, int)>)[(4, 4), (4, 1), (14, 2), (6, 3)])
            foreach (var headDim in (int[])[16, 64, 80])
                foreach (var blockSize in (int[])[1, 7, 16, 128])
                    foreach (
                        var (first, tokens) in (ReadOnlySpan<(int, int)>)[(0, 1), (200, 1),
                            (130, 2)])
                        cases.Add(heads, kvHeads, headDim, blockSize, first, tokens);
        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Attention_over_blocks_is_that_of_the_definition(
        int heads, int kvHeads, int headDim, int blockSize, int first, int tokens)
    {
        var shape = new AttentionShape(heads, kvHeads, headDim, blockSize);
        Check<Float32Element>(shape, first, tokens);
        Check<BFloat16Element>(shape, first, tokens);
    }

    private static unsafe void Check<T>(AttentionShape shape, int first, int tokens)
        where T : unmanaged, IElement<T>
    {
        var blocks = (first + tokens + shape.BlockSize - 1) / shape.BlockSize;
        var table = Enumerable.Range(0, blocks + 2).ToArray();
        new Random(4).Shuffle(table);
        var size = table.Length * shape.KeyValueHeads * shape.BlockSize * shape.HeadDim;
        var (keys, values) = (Elements.Random<T>(size, 1), Elements.Random<T>(size, 2));
        var qkv = Elements.Random<T>(tokens * shape.QkvStride, 3);
        var result = new T[tokens * shape.QueryHeads * shape.HeadDim];
        var scratch = new float[shape.ScratchLength];
        fixed (T* k = keys, v = values, q = qkv, r = result)
        fixed (float* s = scratch)
            for (var head = 0; head < shape.KeyValueHeads; head++)
                new Attention<T>(shape, k, v, table.AsSpan(0, blocks), head, first, tokens, s)
                    .Compute(q, r);
        for (var token = 0; token < tokens; token++)
            for (var head = 0; head < shape.QueryHeads; head++)
            {
                var expected = Expected(shape, keys, values, table, qkv, first, token, head);
                for (var i = 0; i < shape.HeadDim; i++)
                    Assert.Equal(
                        expected[i],
                        result[(token * shape.QueryHeads + head) * shape.HeadDim + i].Value,
                        Elements.Rounding<T>() * MathF.Abs(expected[i]) + 2e-6f);
            }
    }

    private static float[] Expected<T>(
        AttentionShape shape, T[] keys, T[] values, int[] table, T[] qkv, int first, int token,
        int head)
        where T : unmanaged, IElement<T>
    {
        var d = shape.HeadDim;
        int Slot(int position) => (int)shape.HeadOffset(
            table[position / shape.BlockSize], head / shape.Group) + position % shape.BlockSize * d;
        var query = qkv.AsSpan(token * shape.QkvStride + head * d, d).ToArray();
        var scores = Enumerable.Range(0, first + token + 1).Select(position =>
            Enumerable.Range(0, d).Sum(i =>
                (double)query[i].Value * keys[Slot(position) + i].Value) / Math.Sqrt(d)).ToArray();
        var weights = scores.Select(score => Math.Exp(score - scores.Max())).ToArray();
        return
        [
            .. Enumerable.Range(0, d).Select(i => (float)(weights.Select((weight, position) =>
                weight * values[Slot(position) + i].Value).Sum() / weights.Sum())),
        ];
    }
}
