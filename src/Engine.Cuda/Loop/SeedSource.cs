using System.Security.Cryptography;
using SkPaged.Engine.Pure;

namespace SkPaged.Engine.Cuda;

/// <summary>
/// Seeds for requests that bring none: a function of the source and the request's id, so drawing
/// one needs no lock and the order of threads does not matter.
/// </summary>
internal sealed class SeedSource(ulong? source)
{
    private readonly ulong _source =
        source ?? BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong)));

    public SamplingParams Seeded(SamplingParams sampling, RequestId id) =>
        sampling.Seed is null ? sampling with { Seed = Draw((ulong)id.Value) } : sampling;

    // SplitMix64, the id-th output. Source: Steele, Lea, Flood, OOPSLA '14, figure 16.
    private ulong Draw(ulong id)
    {
        var z = _source + (id + 1) * 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
