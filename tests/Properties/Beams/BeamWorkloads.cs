using FsCheck;
using FsCheck.Fluent;
using SkPaged.Engine.Pure;
using SkPaged.Properties.Generators;

namespace SkPaged.Properties.Beams;

/// <summary>Workloads in which every other request searches beams.</summary>
public static class BeamWorkloads
{
    public static Gen<Workload> Any { get; } =
        from workload in Workloads.Any
        from beams in BeamCases.Params.ArrayOf(workload.Commands.Length)
        from searches in Gen.Elements(true, false).ArrayOf(workload.Commands.Length)
        from width in Gen.Choose(4, 8)
        select workload with
        {
            Config = workload.Config with
            {
                MaxSequences = Math.Max(workload.Config.MaxSequences, width),
                MaxBatchedTokens = Math.Max(workload.Config.MaxBatchedTokens, width - 2),
            },
            Commands =
            [
                .. workload.Commands.Select((command, index) =>
                    command is Command.Submit submit && searches[index]
                        ? submit with
                        {
                            Samples = Math.Min(submit.Samples, beams[index].Width),
                            BestOf = null,
                            Beams = beams[index],
                        }
                        : command),
            ],
        };
}
