using System.Collections.Immutable;
using SkPaged.Engine.Cuda.Native;

namespace SkPaged.Engine.Cuda.Kernels;

/// <summary>Times ways to compute one product against each other, on the device's clock.</summary>
/// <param name="stream">Where they go; its context is current.</param>
/// <param name="launches">Of a pass, which is what is timed.</param>
/// <param name="clear">Puts some microseconds of other work into the stream.</param>
/// <param name="launch">
/// Puts a launch of a candidate into the stream, the second number being its place in the pass;
/// false: it cannot.
/// </param>
internal sealed class ProductTuner(
    CudaStream stream, int launches, Action clear, Func<int, int, bool> launch)
{
    /// <summary>The most algorithms of a product that are compared.</summary>
    public const int CandidatesMax = 16;

    // Several times what a device's cache holds: a step reads each weight once, from its memory.
    private const long BytesRead = 256 << 20;

    private const int LaunchesLeast = 4, LaunchesMost = 32, Rounds = 2;

    // A clear of the workspace takes the device some ten microseconds, and the host three, as does
    // the launch of a product.
    private const int LaunchesPerClear = 2;

    /// <summary>Launches of a pass over weights of so many bytes.</summary>
    public static int Launches(long weightBytes) =>
        (int)Math.Clamp((BytesRead + weightBytes - 1) / weightBytes, LaunchesLeast, LaunchesMost);

    /// <summary>Microseconds of a launch of each candidate, the least of all rounds.</summary>
    /// <returns>Null for those that cannot be launched. The stream is idle then.</returns>
    public ImmutableArray<double?> Time(int candidates)
    {
        var all = Enumerable.Range(0, candidates).Select(_ => new Candidate()).ToArray();
        try
        {
            for (var round = 0; round < Rounds; round++)
            {
                for (var i = 0; i < candidates; i++)
                    all[i].Runs = all[i].Runs && Pass(i, all[i]);
                stream.Synchronize();
                foreach (var each in all)
                    each.Read(launches);
            }
            return [.. all.Select(each => each.Runs ? each.Microseconds : (double?)null)];
        }
        finally
        {
            foreach (var each in all)
                each.Dispose();
        }
    }

    // The first launch loads the kernel. Clears keep the device busy until the host has put the
    // rest of the pass into the stream: what a launch costs the host is no part of it.
    private bool Pass(int number, Candidate candidate)
    {
        if (!launch(number, 0))
            return false;
        for (var i = 0; i < launches; i += LaunchesPerClear)
            clear();
        candidate.Start.Record(stream);
        for (var i = 0; i < launches; i++)
            if (!launch(number, i))
                return false;
        candidate.End.Record(stream);
        return true;
    }

    private sealed class Candidate : IDisposable
    {
        public CudaEvent Start { get; } = CudaEvent.Create();

        public CudaEvent End { get; } = CudaEvent.Create();

        public bool Runs { get; set; } = true;

        public double Microseconds { get; private set; } = double.PositiveInfinity;

        public void Read(int launches)
        {
            if (Runs)
                Microseconds = Math.Min(
                    Microseconds, 1e3 * End.MillisecondsSince(Start) / launches);
        }

        public void Dispose()
        {
            Start.Dispose();
            End.Dispose();
        }
    }
}
