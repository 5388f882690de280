using System.Collections.Immutable;
using FsCheck;
using FsCheck.Fluent;
using SkPaged.Engine.Pure;

namespace SkPaged.Properties.Generators;

/// <summary>Workloads that meet every rule often; <c>Coverage</c> holds the shares.</summary>
public static class Workloads
{
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
        select (Command)new Command.Submit(prompt, new Ending(max, min, ends), text, salt)
        {
            Samples = samples,
            BestOf = more > 0 ? samples + more : null,
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
        select lengths
            .Select(tokens => new Command.Submit(tokens, new Ending(max, 0, 0), text))
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

    public static Gen<Workload> Any { get; } = Gen.Frequency((14, s_any), (1, s_ahead));

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

    private static Ending Shorter(Ending stop, int max) =>
        stop with { MaxTokens = Math.Max(1, max), MinTokens = Math.Min(stop.MinTokens, max) };
}
