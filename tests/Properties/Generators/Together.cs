using FsCheck;
using FsCheck.Fluent;
using SkPaged.Engine.Pure;
using SkPaged.Properties.Beams;

namespace SkPaged.Properties.Generators;

/// <summary>
/// Workloads in which all that a scheduler can do with blocks meets: requests of one beginning,
/// some of several samples and some that search, fill the pool and move to the host, in steps that
/// are planned ahead, and some are given up while such a step is in flight.
/// </summary>
internal static class Together
{
    private static readonly Gen<Command> s_submit =
        from prompt in Gen.Choose(5, 12)
        from max in Gen.Choose(6, 16)
        from text in Gen.Frequency((4, Gen.Constant(0)), (1, Gen.Constant(1)))
        from beams in BeamCases.Params
        from kind in Gen.Choose(0, 2)
        from priority in Gen.Choose(0, 1)
        from tenant in Gen.Elements(null, "a")
        select (Command)new Command.Submit(prompt, new Ending(max, 0, 0), text)
        {
            Samples = kind == 1 ? 3 : 1,
            Beams = kind == 2 ? beams : null,
            Priority = priority,
            Tenant = tenant,
        };

    // Some steps, then somebody gives up just as one was planned.
    private static readonly Gen<Command[]> s_cancel =
        from steps in Gen.Choose(2, 8)
        from nth in Gen.Choose(0, 8)
        from alone in Gen.Elements(true, false)
        select (Command[])
        [
            .. Enumerable.Repeat(new Command.Advance(), steps),
            new Command.WantStep(),
            new Command.Cancel(nth, FinishReason.Abort) { IsAlone = alone },
        ];

    private static readonly Gen<Command[]> s_visit =
        from steps in Gen.Choose(1, 6)
        from submit in s_submit
        select (Command[])[.. Enumerable.Repeat(new Command.Advance(), steps), submit];

    public static Gen<Workload> Any { get; } =
        from config in Configs.Any
        from blocks in Gen.Choose(14, 22)
        from host in Gen.Choose(8, 24)
        from crowd in Gen.Choose(3, 6).SelectMany(s_submit.ArrayOf)
        from visits in Gen.Choose(1, 3).SelectMany(s_visit.ArrayOf)
        from cancels in Gen.Choose(1, 3).SelectMany(s_cancel.ArrayOf)
        select new Workload(
            config with
            {
                BlockSize = Math.Min(config.BlockSize, 3),
                BlocksTotal = blocks,
                HostBlocksTotal = host,
                MaxModelLength = 64,
                MaxSequences = 8,
                MaxBatchedTokens = Math.Max(6, config.MaxBatchedTokens),
                MaxWaiting = 100,
                Watermark = Math.Min(config.Watermark, 0.1),
                PrefixCaching = true,
                PreemptionMode = PreemptionMode.Swap,
                LookAhead = true,
            },
            [.. crowd, .. visits.SelectMany(each => each), .. cancels.SelectMany(each => each)]);
}
