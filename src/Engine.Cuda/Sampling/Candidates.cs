using System.Runtime.Intrinsics;

namespace SkPaged.Engine.Cuda.Sampling;

/// <summary>
/// The tokens that may still be drawn, as keys that sort by likelihood, then by id. Reused from row
/// to row.
/// </summary>
/// <remarks>
/// Scores are log weights relative to the most likely token: at most 0. The bits of -score grow as
/// the score falls, so the key is (bits of -score, id) and the least key is the best token.
/// </remarks>
internal sealed class Candidates
{
    // How far below the best score to look, in turn, before all tokens are taken.
    private static readonly float[] _depths = [0.5f, 1, 2, 4, 8, 16, 32, float.PositiveInfinity];

    private ulong[] _keys = [];

    public int Count { get; private set; }

    public int Id(int index) => (int)(uint)_keys[index];

    public float Score(int index) => -BitConverter.UInt32BitsToSingle((uint)(_keys[index] >> 32));

    /// <summary>The sum of all weights.</summary>
    public double Mass()
    {
        var mass = 0.0;
        for (var i = 0; i < Count; i++)
            mass += LogitMath.Exp(Score(i));
        return mass;
    }

    /// <summary>
    /// The <paramref name="count"/> best tokens, best first; fewer if there are fewer.
    /// </summary>
    public void TakeBest(ReadOnlySpan<float> scores, int count)
    {
        count = Math.Min(count, scores.Length);
        foreach (var depth in _depths)
        {
            TakeFrom(scores, -depth);
            if (Count >= count)
                break;
        }
        if (Count > 4 * count)
        {
            Selection.LeastFirst(_keys.AsSpan(0, Count), count);
            Count = count;
        }
        _keys.AsSpan(0, Count).Sort();
        Count = Math.Min(Count, count);
    }

    /// <summary>The best tokens, best first, that together weigh at least this.</summary>
    public void TakeMass(ReadOnlySpan<float> scores, double mass)
    {
        foreach (var depth in _depths)
        {
            TakeFrom(scores, -depth);
            if (Mass() >= mass)
                break;
        }
        _keys.AsSpan(0, Count).Sort();
        KeepMass(mass);
    }

    /// <summary>Of tokens that are sorted, the best that together weigh at least this.</summary>
    public void KeepMass(double mass)
    {
        var sum = 0.0;
        for (var i = 0; i < Count; i++)
        {
            sum += LogitMath.Exp(Score(i));
            if (sum >= mass)
                Count = i + 1;
        }
    }

    /// <summary>Drops tokens under a score.</summary>
    public void KeepFrom(float least)
    {
        var kept = 0;
        for (var i = 0; i < Count; i++)
            if (Score(i) >= least)
                _keys[kept++] = _keys[i];
        Count = kept;
    }

    /// <summary>All tokens of a score of at least this, by id.</summary>
    public void TakeFrom(ReadOnlySpan<float> scores, float least)
    {
        if (_keys.Length < scores.Length)
            _keys = new ulong[scores.Length];
        Count = 0;
        var i = 0;
        for (; i + 8 <= scores.Length; i += 8)
            if (Vector256.GreaterThanOrEqualAny(
                Vector256.Create(scores[i..]), Vector256.Create(least)))
                AddFrom(scores, i, i + 8, least);
        AddFrom(scores, i, scores.Length, least);
    }

    private void AddFrom(ReadOnlySpan<float> scores, int first, int end, float least)
    {
        for (var id = first; id < end; id++)
            if (scores[id] >= least && !float.IsNegativeInfinity(scores[id]))
                _keys[Count++] =
                    (ulong)BitConverter.SingleToUInt32Bits(MathF.Abs(scores[id])) << 32 | (uint)id;
    }
}
