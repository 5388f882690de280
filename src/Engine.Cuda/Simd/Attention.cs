using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace SkPaged.Engine.Cuda.Simd;

/// <summary>
/// Causal attention of a few tokens of one sequence under one key-value head, which reads K and V
/// where they lie, block by block, and normalises as it goes (online softmax).
/// </summary>
/// <remarks>
/// All queries of the tile, query heads of the group x tokens, share each key and value read. A
/// query's result does not depend on the other queries nor on the batch.
/// </remarks>
internal readonly unsafe ref struct Attention<T>
    where T : unmanaged, IElement<T>
{
    private readonly AttentionShape _shape;
    private readonly T* _keys;
    private readonly T* _values;
    private readonly ReadOnlySpan<int> _table;
    private readonly int _head;
    private readonly int _firstPosition;
    private readonly int _queries;
    private readonly float* _query;
    private readonly float* _sum;
    private readonly float* _score;
    private readonly float* _max;
    private readonly float* _weight;

    /// <param name="shape">The sizes.</param>
    /// <param name="keys">The layer's K: [blocks, kvHeads, blockSize, headDim].</param>
    /// <param name="values">The layer's V.</param>
    /// <param name="table">Physical blocks of the sequence.</param>
    /// <param name="head">The key-value head.</param>
    /// <param name="firstPosition">Position of the first token.</param>
    /// <param name="tokens">1 .. TokensPerTile tokens.</param>
    /// <param name="scratch">ScratchLength floats.</param>
    public Attention(
        AttentionShape shape, T* keys, T* values, ReadOnlySpan<int> table, int head,
        int firstPosition, int tokens, float* scratch)
    {
        _shape = shape;
        _keys = keys;
        _values = values;
        _table = table;
        _head = head;
        _firstPosition = firstPosition;
        _queries = tokens * shape.Group;
        _query = scratch;
        _sum = _query + _queries * shape.HeadDim;
        _score = _sum + _queries * shape.HeadDim;
        _max = _score + _queries * shape.ScoreStride;
        _weight = _max + _queries;
    }

    /// <summary>Computes the tile.</summary>
    /// <param name="qkv">
    /// The first token's queries, keys and values; tokens QkvStride apart.
    /// </param>
    /// <param name="result">The first token's result; tokens QueryHeads x HeadDim apart.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Compute(T* qkv, T* result)
    {
        var keysTotal = _firstPosition + (_queries - 1) / _shape.Group + 1;
        var keysPerTile = _shape.BlocksPerTile * _shape.BlockSize;
        for (var first = 0; first < keysPerTile; first += _shape.BlockSize)
            Prefetch(first, keysTotal);
        Load(qkv);
        for (var first = 0; first < keysTotal; first += keysPerTile)
        {
            var count = Math.Min(keysPerTile, keysTotal - first);
            Score(first, count, keysTotal);
            for (var query = 0; query < _queries; query++)
                Weigh(query, first, count);
            Accumulate(first, count);
        }
        Store(result);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Load(T* qkv)
    {
        var (d, group) = (_shape.HeadDim, _shape.Group);
        var scale = Vector256.Create(1 / MathF.Sqrt(d));
        for (var query = 0; query < _queries; query++)
        {
            var source = qkv + (nint)(query / group) * _shape.QkvStride
                + (_head * group + query % group) * d;
            for (var i = 0; i < d; i += 16)
            {
                T.LoadPair(source + i, out var a, out var b);
                (a * scale).Store(_query + query * d + i);
                (b * scale).Store(_query + query * d + i + 8);
            }
            new Span<float>(_sum + query * d, d).Clear();
            _max[query] = float.NegativeInfinity;
            _weight[query] = 0;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Store(T* result)
    {
        var (d, group) = (_shape.HeadDim, _shape.Group);
        for (var query = 0; query < _queries; query++)
        {
            var target = result + (nint)(query / group) * _shape.QueryHeads * d
                + (_head * group + query % group) * d;
            var scale = Vector256.Create(1 / _weight[query]);
            for (var i = 0; i < d; i += 16)
                T.StorePair(
                    target + i,
                    Vector256.Load(_sum + query * d + i) * scale,
                    Vector256.Load(_sum + query * d + i + 8) * scale);
        }
    }

    // Scores of all queries with keys [first, first + count), which begin a block. Meanwhile the
    // next tile comes near.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Score(int first, int count, int keysTotal)
    {
        var (d, stride) = (_shape.HeadDim, _shape.ScoreStride);
        for (var done = 0; done < count; done += _shape.BlockSize)
        {
            Prefetch(first + count + done, keysTotal);
            var keys = _keys + HeadOf(first + done);
            var inBlock = Math.Min(_shape.BlockSize, count - done);
            var query = 0;
            for (; query + 4 <= _queries; query += 4)
                AttentionKernels<T>.Score4(
                    _query + query * d, d, keys, inBlock, _score + query * stride + done, stride);
            for (; query + 2 <= _queries; query += 2)
                AttentionKernels<T>.Score2(
                    _query + query * d, d, keys, inBlock, _score + query * stride + done, stride);
            if (query < _queries)
                AttentionKernels<T>.Score1(
                    _query + query * d, d, keys, inBlock, _score + query * stride + done);
        }
    }

    // Adds the values of keys [first, first + count) by their weights.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Accumulate(int first, int count)
    {
        var (d, stride) = (_shape.HeadDim, _shape.ScoreStride);
        for (var done = 0; done < count; done += _shape.BlockSize)
        {
            var values = _values + HeadOf(first + done);
            var inBlock = Math.Min(_shape.BlockSize, count - done);
            var query = 0;
            for (; query + 4 <= _queries; query += 4)
                AttentionKernels<T>.Accumulate4(
                    _sum + query * d, d, values, inBlock, _score + query * stride + done, stride);
            for (; query + 2 <= _queries; query += 2)
                AttentionKernels<T>.Accumulate2(
                    _sum + query * d, d, values, inBlock, _score + query * stride + done, stride);
            if (query < _queries)
                AttentionKernels<T>.Accumulate1(
                    _sum + query * d, d, values, inBlock, _score + query * stride + done);
        }
    }

    // The block at a position. Blocks lie apart, so no hardware guesses which is next.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Prefetch(int position, int keysTotal)
    {
        if (position >= keysTotal)
            return;
        var elements = _shape.BlockSize * _shape.HeadDim;
        AttentionKernels<T>.Prefetch(_keys + HeadOf(position), elements);
        AttentionKernels<T>.Prefetch(_values + HeadOf(position), elements);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private nint HeadOf(int position) =>
        _shape.HeadOffset(_table[position / _shape.BlockSize], _head);

    // Scores become weights relative to the greatest score so far; what was summed before is
    // scaled to it. Keys after the query's own position weigh nothing.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Weigh(int query, int first, int count)
    {
        var score = _score + query * _shape.ScoreStride;
        var seen = Math.Min(count, _firstPosition + query / _shape.Group + 1 - first);
        var padded = (count + 7) / 8 * 8;
        for (var i = Math.Max(seen, 0); i < padded; i++)
            score[i] = float.NegativeInfinity;
        var greatest = Vector256.Create(_max[query]);
        for (var i = 0; i < padded; i += 8)
            greatest = Vector256.Max(greatest, Vector256.Load(score + i));
        var max = Greatest(greatest);
        var total = Vector256<float>.Zero;
        for (var i = 0; i < padded; i += 8)
        {
            var weight = Lanes.Exp(Vector256.Load(score + i) - Vector256.Create(max));
            weight.Store(score + i);
            total += weight;
        }
        var decay = MathF.Exp(_max[query] - max);
        _max[query] = max;
        _weight[query] = _weight[query] * decay + Vector256.Sum(total);
        if (decay == 1)
            return;
        var sum = _sum + query * _shape.HeadDim;
        for (var i = 0; i < _shape.HeadDim; i += 8)
            (Vector256.Load(sum + i) * Vector256.Create(decay)).Store(sum + i);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Greatest(Vector256<float> value)
    {
        var four = Vector128.Max(value.GetLower(), value.GetUpper());
        return MathF.Max(MathF.Max(four[0], four[1]), MathF.Max(four[2], four[3]));
    }
}
