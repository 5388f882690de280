namespace SkPaged.TinyModel.Corpus;

/// <summary>A seeded source of choices (SplitMix64): one seed gives one corpus, on any machine.</summary>
public sealed class Dice(ulong seed)
{
    private ulong state = seed;

    /// <summary>A generator for part <paramref name="index"/> of the work of one seed.</summary>
    public static Dice For(ulong seed, ulong index) =>
        new(Mixed(seed ^ Mixed(index + 0x632BE59BD9B4E019)));

    /// <summary>64 uniform bits.</summary>
    public ulong Next() => Mixed(state += 0x9E3779B97F4A7C15);

    /// <summary>A whole number in [0, <paramref name="end"/>).</summary>
    public int Below(int end) => (int)Math.BigMul(Next(), (ulong)end, out _);

    /// <summary>A whole number in [<paramref name="first"/>, <paramref name="last"/>].</summary>
    public int Between(int first, int last) => first + Below(last - first + 1);

    /// <summary>True with the given probability.</summary>
    public bool Chance(double probability) => (Next() >> 11) * (1.0 / (1UL << 53)) < probability;

    /// <summary>One of the items, each as likely.</summary>
    public T Pick<T>(IReadOnlyList<T> items) => items[Below(items.Count)];

    /// <summary>One of the items, each as likely.</summary>
    public T OneOf<T>(params ReadOnlySpan<T> items) => items[Below(items.Length)];

    /// <summary>The index of a weight, as likely as the weight is heavy.</summary>
    public int Weighted(params ReadOnlySpan<int> weights)
    {
        var total = 0;
        foreach (var weight in weights) total += weight;
        var point = Below(total);
        for (var i = 0; ; i++)
        {
            if (point < weights[i]) return i;
            point -= weights[i];
        }
    }

    /// <summary>Puts the items into random order, in place.</summary>
    public void Shuffle<T>(IList<T> items)
    {
        for (var i = items.Count - 1; i > 0; i--)
        {
            var j = Below(i + 1);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }

    private static ulong Mixed(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}
