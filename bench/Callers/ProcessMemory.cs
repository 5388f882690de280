using TorchSharp;

namespace SkPaged.Bench;

/// <summary>What the process holds, after everything that is garbage was collected.</summary>
internal sealed record ProcessMemory(long Tensors, long ManagedBytes, long ResidentBytes)
{
    private const double MiB = 1 << 20;

    public static ProcessMemory Now()
    {
        for (var pass = 0; pass < 2; pass++)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, true, true);
            GC.WaitForPendingFinalizers();
        }

        return new(torch.Tensor.TotalCount, GC.GetTotalMemory(true), Environment.WorkingSet);
    }

    /// <summary>Whether nothing was kept since then: tensors exactly, bytes up to slack.</summary>
    public bool IsFlatSince(ProcessMemory then) =>
        Tensors == then.Tensors
        && ManagedBytes - then.ManagedBytes < 2 << 20
        && ResidentBytes - then.ResidentBytes < 32 << 20;

    public override string ToString() =>
        $"{Tensors} tensors, {ManagedBytes / MiB:F1} MiB managed, "
        + $"{ResidentBytes / MiB:F0} MiB resident";
}
