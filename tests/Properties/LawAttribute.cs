using System.Globalization;
using System.Runtime.CompilerServices;
using FsCheck.Xunit;
using SkPaged.Properties.Generators;

namespace SkPaged.Properties;

/// <summary>
/// A law of the specification: checked by FsCheck over many generated traces. The seed is the
/// law's own, made from its name, so that every run checks the same cases and different laws
/// check different ones.
/// </summary>
/// <remarks>
/// To explore: <c>SKPAGED_SEED=random</c> (or a seed that a failure printed, such as
/// <c>SKPAGED_SEED=123,457</c>) and <c>SKPAGED_CASES=5000</c> in the environment of dotnet test.
/// </remarks>
[AttributeUsage(AttributeTargets.Method)]
public sealed class LawAttribute : PropertyAttribute
{
    private const int DefaultCases = 120;

    public LawAttribute([CallerMemberName] string name = "")
    {
        Name = name;
        MaxTest = Cases;
        Replay = Environment.GetEnvironmentVariable("SKPAGED_SEED") switch
        {
            null or "" => SeedOf(name),
            "random" => null!,
            var seed => seed,
        };
        Arbitrary = [typeof(Arbitraries)];
        QuietOnSuccess = true;
    }

    /// <summary>The law, as its method is called.</summary>
    public string Name { get; }

    private static int Cases =>
        Environment.GetEnvironmentVariable("SKPAGED_CASES") is { Length: > 0 } cases
            ? int.Parse(cases, CultureInfo.InvariantCulture)
            : DefaultCases;

    // FNV-1a; the second number (SplitMix's increment) must be odd.
    private static string SeedOf(string name)
    {
        var hash = name.Aggregate(2166136261u, (sum, letter) => (sum ^ letter) * 16777619u);
        return string.Create(CultureInfo.InvariantCulture, $"{hash},{(hash >> 3) | 1}");
    }
}
