using System.Text.Json;
using System.Text.Json.Serialization;

namespace SkPaged.Bench;

/// <summary>
/// The most bytes that a scheduler step in steady decode may allocate. Bytes are the same on
/// every machine, where nanoseconds are not, so they can be a test.
/// </summary>
/// <param name="Sequences">Rows of the step.</param>
/// <param name="BytesMax">Bytes of one StepWanted and one StepCompleted, on average.</param>
public sealed record StepBudget(
    [property: JsonPropertyName("sequences")] int Sequences,
    [property: JsonPropertyName("bytes_max")] long BytesMax)
{
    private const int Warmup = 32;
    private const int Steps = 256;

    /// <summary>The budgets of a budgets.json.</summary>
    public static IReadOnlyList<StepBudget> Read(string file) =>
        JsonSerializer.Deserialize<StepBudget[]>(File.ReadAllText(file)) ?? [];

    /// <summary>Bytes that a step allocates now.</summary>
    public long Measure()
    {
        var decode = new SteadyDecode(Sequences);
        for (var i = 0; i < Warmup; i++)
            decode.Step();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < Steps; i++)
            decode.Step();
        return (GC.GetAllocatedBytesForCurrentThread() - before) / Steps;
    }
}
