using FsCheck;
using FsCheck.Fluent;
using SkPaged.Engine.Pure;
using SkPaged.Properties.Generators;
using Xunit;

namespace SkPaged.Properties.Beams;

/// <summary>
/// Every law of the scheduler holds where every other request searches beams, without exception.
/// </summary>
public class LawsOfAll
{
    private const int Traces = 150;

    private static readonly Lazy<IReadOnlyList<Trace>> s_traces = new(() =>
    [
        .. Enumerable.Range(0, Traces).Select(index => Driver.Run(BeamWorkloads.Any
            .Resize(1 + index * 100 / Traces)
            .Sample(1, new Rnd(40 + (ulong)index), 1 + index * 100 / Traces)[0])),
    ]);

    public static TheoryData<string> Names =>
    [
        .. LawBook.Over<Trace>().Concat(LawBook.Over<Transitions>())
            .Select(law => law.Name),
    ];

    [Theory, MemberData(nameof(Names))]
    public void Holds_of_beams_too(string name)
    {
        var law = LawBook.Over<Trace>().Concat(LawBook.Over<Transitions>())
            .Single(law => law.Name == name);
        Assert.All(s_traces.Value, trace => LawBook.Check(law, trace));
    }
}
