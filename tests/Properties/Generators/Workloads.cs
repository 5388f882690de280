using System.Collections.Immutable;
using FsCheck;
using FsCheck.Fluent;
using SkPaged.Engine.Pure;
using SkPaged.Properties.Beams;

namespace SkPaged.Properties.Generators;

/// <summary>Workloads that meet every rule often; <c>Coverage</c> holds the shares.</summary>
public static class Workloads
{
    // How beams are searched; null = none are.
    private static readonly Gen<BeamParams?> s_beams =
        from beams in BeamCases.Params
        from searches in Gen.Frequency((4, Gen.Constant(false)), (1, Gen.Constant(true)))
        select searches ? beams : null;

    private static readonly Gen<Command> s_submit =
        from prompt in Gen.Frequency((3, Gen.Choose(1, 6)), (2, Gen.Choose(6, 16)))
        from max in Gen.Frequency((1, Gen.Choose(1, 3)), (4, Gen.Choose(4, 24)))
        from min in Gen.Frequency((3, Gen.Constant(0)), (1, Gen.Choose(0, max)))
        from ends in Gen.Frequency((2, Gen.Constant(0)), (2, Gen.Choose(1, 3)))
        from text in Gen.Frequency((3, Gen.Choose(0, 2)), (2, Gen.Choose(0, 1000)))
        from salt in Gen.Elements(null, null, null, "", "theirs")
        from samples in Gen.Frequency((3, Gen.Constant(1)), (2, Gen.Choose(2, 4)))
        from more in Gen.Frequency((3, Gen.Constant(0)), (1, Gen.Choose(1, 2)))
        from priority in Gen.Elements(0, 0, 1, 7, -1)
        from tenant in Gen.Elements(null, "", "a", "b")
        from beams in s_beams
        select (Command)new Command.Submit(prompt, new Ending(max, min, ends), text, salt)
        {
            Samples = Math.Min(samples, beams?.Width ?? samples),
            BestOf = more > 0 && beams is null ? samples + more : null,
            Beams = beams,
            Priority = priority,
            Tenant = tenant,
        };

    // A long prompt, chunked, beside short ones that grow into the blocks it still needs.
    private static readonly Gen<Command[]> s_crowd =
        from prompt in Gen.Choose(8, 14)
        from others in Gen.Choose(2, 5)
        from max in Gen.Choose(8, 24)
        from isFirst in Gen.Elements(true, false, false)
        let shorts = Enumerable.Range(0, others)
            .Select(text => new Command.Submit(1, new Ending(max, 0, 0), text))
        let one = new Command.Submit(prompt, new Ending(max, 0, 0), max)
        select (isFirst ? shorts.Prepend(one) : shorts.Append(one)).ToArray<Command>();

    // A crowd that has filled the pool; then a step fails, or some of the last are given up.
    private static readonly Gen<Command[]> s_crowdInTrouble =
        from crowd in s_crowd
        from steps in Gen.Choose(8, 32)
        from nths in Gen.Choose(1, 3).SelectMany(Gen.Choose(0, 8).ArrayOf)
        from fails in Gen.Elements(true, false)
        select (Command[])
        [
            .. crowd,
            .. Enumerable.Repeat(new Command.Advance(), steps),
            .. fails
                ? nths.SelectMany(nth => Enumerable.Repeat<Command>(new Command.Advance(), nth)
                    .Append(new Command.WantStep())
                    .Append(new Command.Fail()))
                : nths.Select(nth => (Command)new Command.Cancel(nth, FinishReason.Abort)),
        ];

    // A crowd of which now and then one is given up just when a step was planned.
    private static readonly Gen<Command[]> s_crowdThatThins =
        from crowd in s_crowd
        from more in s_crowd
        from steps in Gen.Choose(4, 16)
        from nths in Gen.Choose(2, 8).SelectMany(Gen.Choose(0, 11).ArrayOf)
        select (Command[])
        [
            .. crowd,
            .. more,
            .. Enumerable.Repeat(new Command.Advance(), steps),
            .. nths.SelectMany(nth => Enumerable.Repeat<Command>(new Command.Advance(), nth % 4)
                .Append(new Command.Cancel(nth / 4, FinishReason.Abort))
                .Append(new Command.WantStep())
                .Append(new Command.Stale(Away: 1, Failed: nth % 2 == 0))),
        ];

    // Agents over one preamble.
    private static readonly Gen<Command[]> s_family =
        from text in Gen.Choose(0, 2)
        from lengths in Gen.Choose(2, 5).SelectMany(Gen.Choose(4, 14).ArrayOf)
        from max in Gen.Choose(1, 8)
        from beams in s_beams.ArrayOf(lengths.Length)
        select lengths
            .Zip(beams, (tokens, each) =>
                new Command.Submit(tokens, new Ending(max, 0, 0), text) { Beams = each })
            .ToArray<Command>();

    // One tenant asks for much, of no urgency; another comes now and then, for what is urgent.
    private static readonly Gen<Command[]> s_flood =
        from many in Gen.Choose(3, 8)
        from prompt in Gen.Choose(1, 6)
        from max in Gen.Choose(1, 8)
        from visits in Gen.Choose(1, 4)
        from urgent in Gen.Choose(1, 14)
        from between in Gen.Choose(2, 8)
        let flood = Enumerable.Range(0, many)
            .Select(text => new Command.Submit(prompt, new Ending(max, 0, 0), text)
            {
                Priority = 5,
                Tenant = "many",
            })
        let visit = Enumerable.Repeat((Command)new Command.Advance(), between)
            .Append(new Command.Submit(urgent, new Ending(2, 0, 0), many)
            {
                Priority = 1,
                Tenant = "few",
            })
        select flood
            .Concat(Enumerable.Repeat(visit, visits).SelectMany(each => each))
            .ToArray();

    private static readonly Gen<Command> s_flawed =
        from flaw in Gen.Elements(Enum.GetValues<Flaw>())
        from excess in Gen.Choose(0, 3)
        select (Command)new Command.SubmitFlawed(flaw, excess);

    private static readonly Gen<Command> s_again =
        from nth in Gen.Choose(0, 40)
        from prompt in Gen.Choose(1, 4)
        select (Command)new Command.SubmitAgain(nth, prompt);

    private static readonly Gen<Command> s_cancel =
        from nth in Gen.Choose(0, 20)
        from reason in Gen.Elements(FinishReason.Abort, FinishReason.Stop)
        from alone in Gen.Elements(true, false)
        select (Command)new Command.Cancel(nth, reason) { IsAlone = alone };

    private static readonly Gen<Command> s_stale =
        from away in Gen.Elements(-2, -1, 1, 7)
        from failed in Gen.Elements(true, false)
        select (Command)new Command.Stale(away, failed);

    private static readonly Gen<Command> s_advance =
        Gen.Constant((Command)new Command.Advance());

    private static readonly Gen<Command> s_command = Gen.Frequency(
        (20, s_submit),
        (60, s_advance),
        (5, s_cancel),
        (3, s_flawed),
        (2, s_again),
        (2, s_stale),
        (2, Gen.Choose(0, 40).Select(nth => (Command)new Command.CancelUnknown(nth))),
        (3, Gen.Constant((Command)new Command.WantStep())),
        (3, Gen.Constant((Command)new Command.Fail())),
        (2, Gen.Elements<Command>(new Command.Miscount(-1), new Command.Miscount(1))));

    private static readonly Gen<Workload> s_any =
        from config in Configs.Any
        from burst in Gen.Frequency(
            (4, Gen.Choose(0, 5).SelectMany(s_submit.ArrayOf)),
            (6, s_crowd),
            (3, s_crowdInTrouble),
            (3, s_family),
            (4, s_flood))
        from commands in Gen.Sized(size =>
            Gen.Choose(4, 20 + size / 2).SelectMany(s_command.ArrayOf))
        select new Workload(config, [.. burst, .. commands]);

    // Blocks that move to the host while somebody may come back from there already.
    private static readonly Gen<Workload> s_ahead =
        from config in Configs.Any
        from burst in s_crowdThatThins
        select new Workload(
            config with
            {
                LookAhead = true,
                HostBlocksTotal = 8 + config.HostBlocksTotal,
                PreemptionMode = PreemptionMode.Swap,
            },
            [.. burst]);

    // Those that run before a search leave it less of the budget than it has beams, so it is held
    // back until they end; meanwhile others come, to whom the tokens that are left would do.
    private static readonly Gen<Workload> s_searching =
        from config in Configs.Any
        from before in Gen.Choose(1, 3)
        from beams in Gen.Frequency((2, Gen.Constant(1)), (1, Gen.Constant(2)))
            .SelectMany(BeamCases.Params.ArrayOf)
        from blocks in Gen.Choose(10, 24)
        from samples in Gen.Choose(1, 2)
        from spare in Gen.Choose(0, before)
        from prompt in Gen.Choose(1, 6)
        from length in Gen.Choose(6, 16)
        from max in Gen.Choose(4, 24)
        from visits in Gen.Choose(1, 6).SelectMany(Gen.Choose(1, 9).ArrayOf)
        from between in Gen.Choose(1, 3)
        from end in Gen.Frequency(
            (1, Gen.Constant(System.Array.Empty<Command>())),
            (1, s_cancel.Select(cancel => new[] { new Command.WantStep(), cancel })))
        from more in Gen.Choose(0, 10).SelectMany(s_command.ArrayOf)
        let width = beams.Max(each => each.Width)
        let visit = Enumerable.Repeat((Command)new Command.Advance(), between)
        select new Workload(
            config with
            {
                MaxSequences = before + width * beams.Length + 2,
                MaxBatchedTokens = width + spare,
                MaxModelLength = 64,
                BlocksTotal = blocks,
                BlockSize = Math.Min(config.BlockSize, 3),
                Watermark = Math.Min(config.Watermark, 0.1),
            },
            [
                .. Enumerable.Range(0, before)
                    .Select(text => new Command.Submit(1, new Ending(length, 0, 0), text)),
                .. beams.Select((each, text) => new Command.Submit(
                    prompt, new Ending(max, 0, text), text)
                {
                    Samples = samples,
                    Beams = each,
                }),
                .. visits.SelectMany(tokens => visit.Append(
                    new Command.Submit(tokens, new Ending(length, 0, 0), tokens)
                    {
                        Priority = tokens % 3 - 1,
                    })),
                .. end,
                .. more,
            ]);

    public static Gen<Workload> Any { get; } =
        Gen.Frequency((26, s_any), (2, s_ahead), (6, s_searching));

    /// <summary>
    /// Smaller workloads, the boldest first: without a half, a quarter, ... one command; with
    /// simpler limits; with shorter requests.
    /// </summary>
    public static IEnumerable<Workload> Shrink(Workload workload) =>
    [
        .. Shrinking.Without(workload.Commands)
            .Select(commands => workload with { Commands = commands }),
        .. Configs.Shrink(workload.Config).Select(config => workload with { Config = config }),
        .. workload.Commands.SelectMany((command, index) => Simpler(command)
            .Where(simpler => simpler != command)
            .Select(simpler => workload with
            {
                Commands = workload.Commands.SetItem(index, simpler),
            })),
    ];

    private static Command[] Simpler(Command command) =>
        command switch
        {
            Command.Submit submit =>
            [
                submit with { PromptTokens = (submit.PromptTokens + 1) / 2 },
                submit with { PromptTokens = Math.Max(1, submit.PromptTokens - 1) },
                submit with { Stop = submit.Stop with { EndTokens = 0 } },
                submit with { Stop = submit.Stop with { MinTokens = 0 } },
                submit with { Stop = Shorter(submit.Stop, (submit.Stop.MaxTokens + 1) / 2) },
                submit with { Stop = Shorter(submit.Stop, submit.Stop.MaxTokens - 1) },
                submit with { Text = 0 },
                submit with { CacheSalt = null },
                submit with { Beams = null },
                submit with { Beams = Narrower(submit) },
                submit with { BestOf = null },
                submit with { Samples = 1 },
                submit with { Samples = Math.Max(1, submit.Samples - 1) },
                submit with { Priority = 0 },
                submit with { Tenant = null },
            ],
            Command.Cancel cancel =>
            [
                cancel with { Nth = 0 },
                cancel with { Reason = FinishReason.Abort },
                cancel with { IsAlone = false },
            ],
            Command.SubmitFlawed flawed => [flawed with { Excess = 0 }],
            Command.SubmitAgain again => [again with { PromptTokens = 1 }],
            _ => [],
        };

    private static BeamParams? Narrower(Command.Submit submit) =>
        submit.Beams is { Width: > 2 } beams && submit.Samples < beams.Width
            ? beams with { Width = beams.Width - 1 }
            : submit.Beams;

    private static Ending Shorter(Ending stop, int max) =>
        stop with { MaxTokens = Math.Max(1, max), MinTokens = Math.Min(stop.MinTokens, max) };
}
