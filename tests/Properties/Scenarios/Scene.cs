using System.Collections.Immutable;
using SkPaged.Engine.Pure;
using SkPaged.Properties.Generators;
using Xunit;

namespace SkPaged.Properties.Scenarios;

/// <summary>
/// A scheduler that a scenario steps by hand, and what it reads of it. Prompts are pieces of
/// texts: those of one text begin alike. Whatever is drawn follows from the tokens so far.
/// </summary>
internal sealed class Scene(SchedulerConfig config)
{
    private readonly List<Decision> _told = [];

    public SchedulerState State { get; private set; } = SchedulerState.Initial(config);

    /// <summary>Ids of the free blocks, the next to be taken first.</summary>
    public IEnumerable<int> FreeQueue => State.Blocks.FreeQueue().Select(block => block.Value);

    public int Free => State.Blocks.FreeCount;

    /// <summary>Requests that wait, in order of arrival.</summary>
    public IEnumerable<long> Waiting =>
        State.Waiting.Values.Select(sequence => sequence.Request.Id.Value);

    /// <summary>Rows of the step in flight: whose, and how many tokens.</summary>
    public IEnumerable<(long Request, int Tokens)> Rows =>
        Enumerable.Range(0, InFlight.Rows).Select(row => (
            Running(InFlight.Sequences[row]).Request.Id.Value, InFlight.TokenCounts[row]));

    public StepPlan InFlight => Assert.IsType<StepPlan>(State.InFlight);

    /// <summary>A limit of so many blocks, without a watermark.</summary>
    public static SchedulerConfig Of(int blocks, int blockSize) =>
        new()
        {
            BlocksTotal = blocks,
            BlockSize = blockSize,
            MaxModelLength = 4096,
            MaxBatchedTokens = 4096,
            VocabularySize = 1000,
            Watermark = 0,
        };

    /// <summary>The first <paramref name="tokens"/> tokens of a text.</summary>
    public static ImmutableArray<TokenId> Text(int text, int tokens) =>
        TokenFunction.Prompt(text, tokens, vocabulary: 1000);

    /// <summary>
    /// The first <paramref name="shared"/> tokens of one text, then <paramref name="own"/> of
    /// another.
    /// </summary>
    public static ImmutableArray<TokenId> Text(int text, int shared, int other, int own) =>
        [.. Text(text, shared), .. Text(other, own)];

    public Rejection? Submit(long id, ImmutableArray<TokenId> prompt, int maxTokens = 1000) =>
        Submit(new Request(
            new RequestId(id),
            prompt,
            SamplingParams.Greedy,
            new StopRule { MaxTokens = maxTokens }));

    public Rejection? Submit(Request request) =>
        Take(new Event.Submitted(request)).OfType<Decision.Reject>().SingleOrDefault()?.Why;

    /// <summary>Plans a step; none where there is nothing to run.</summary>
    public StepPlan? Plan() =>
        Take(new Event.StepWanted()).OfType<Decision.RunStep>().SingleOrDefault()?.Plan;

    /// <summary>Answers the step in flight.</summary>
    public void Complete() =>
        Take(new Event.StepCompleted(new StepResult(
            InFlight.Id, TokenFunction.Answer(State, InFlight, config.VocabularySize))));

    /// <summary>Plans a step and answers it.</summary>
    public StepPlan Step()
    {
        var plan = Assert.IsType<StepPlan>(Plan());
        Complete();
        return plan;
    }

    /// <summary>Steps until nothing is unfinished.</summary>
    public void Drain()
    {
        while (!State.Unfinished.IsEmpty)
            Step();
    }

    public void Cancel(long id, int? sample = null) =>
        Take(new Event.Cancelled(new RequestId(id), FinishReason.Abort) { Sample = sample });

    /// <summary>The blocks of a request's one sequence, or of one sample.</summary>
    public IEnumerable<int> Table(long id, int sample = 0) =>
        Running(id, sample).Blocks.Blocks.ToArray().Select(block => block.Value);

    public IEnumerable<int> References(params int[] blocks) =>
        blocks.Select(block => State.Blocks.ReferenceCount(new BlockId(block)));

    /// <summary>Whether the prefix index knows the block.</summary>
    public bool IsCached(int block) => State.Blocks.Content(new BlockId(block)) is not null;

    /// <summary>Tokens that a request found in the prefix cache.</summary>
    public int Hit(long id) => Running(id, sample: 0).CachedTokens;

    public Usage Usage(long id) =>
        _told.OfType<Decision.Finish>().Single(end => end.Id.Value == id).Usage;

    /// <summary>Tokens of output that a request was told so far.</summary>
    public IEnumerable<TokenId> Output(long id) =>
        _told.OfType<Decision.Emit>().Where(emit => emit.Id.Value == id)
            .Select(emit => emit.Token.Token);

    private Sequence Running(long id, int sample) =>
        State.Running.Single(each => each.Request.Id.Value == id && each.Sample == sample);

    private Sequence Running(SequenceId id) => State.Running.Single(each => each.Id == id);

    private List<Decision> Take(Event evt)
    {
        (State, var decisions) = Scheduler.Step(config, State, evt);
        Assert.Empty(Invariants.Check(config, State));
        _told.AddRange(decisions);
        return [.. decisions];
    }
}
