using System.Collections.Immutable;
using SkPaged.Connector.Text;
using SkPaged.Engine.Cuda;
using SkPaged.Engine.Pure;

namespace SkPaged.Connector.Tests.Scripted;

/// <summary>
/// A model whose answer to a prompt is a function of the prompt's text, and of which of the
/// request's samples it is: it says the answer's tokens, then ends the turn. What it may not say,
/// and what follows the end, is "x".
/// </summary>
internal sealed class ScriptedExecutor(TextTokenizer tokenizer, Func<string, int, string> script)
    : IStepExecutor
{
    private static readonly TokenId Filler = new('x');
    private readonly Dictionary<(SequenceId, int), ImmutableArray<TokenId>> _answers = [];
    private int _disposals;

    /// <summary>Called before each step, on the loop's thread; may block or throw.</summary>
    public Action<StepPlan>? BeforeStep { get; set; }

    /// <summary>Sampling parameters of the requests seen, in order of their first token.</summary>
    public List<SamplingParams> Samplings { get; } = [];

    /// <summary>Prompts of the requests seen, in the same order.</summary>
    public List<ImmutableArray<TokenId>> Prompts { get; } = [];

    public int Disposals => _disposals;

    /// <summary>Log probabilities of a sample's tokens where they are asked for.</summary>
    public Func<int, float> Logprob { get; set; } = _ => -0.25f;

    public StepResult Execute(StepPlan plan)
    {
        BeforeStep?.Invoke(plan);
        return new StepResult(plan.Id,
        [
            .. from row in Enumerable.Range(0, plan.Rows)
               from draw in Enumerable.Range(0, plan.Draws[row].Count)
               select Draw(plan, row, plan.Draws[row].First + draw),
        ]);
    }

    public void Dispose() => Interlocked.Increment(ref _disposals);

    private SampledToken Draw(StepPlan plan, int row, int sample)
    {
        var answer = AnswerTo(plan, row, sample);
        var said = plan.TokenLogs[row].Count - plan.PromptCounts[row];
        var token = said < answer.Length ? answer[said] : Filler;
        var forbidden = plan.Forbidden[row];
        token = !forbidden.IsDefault && forbidden.Contains(token) ? Filler : token;
        return plan.Samplings[row]!.Logprobs is { } top
            ? new SampledToken(token, Logprob(sample), Likely(token, top))
            : new SampledToken(token);
    }

    // After the token itself those that follow it in the vocabulary, each less likely.
    private static ImmutableArray<TokenLogprob> Likely(TokenId token, int count) =>
    [
        .. Enumerable.Range(0, count).Select(n => new TokenLogprob(
            n == 0 ? token : new TokenId((token.Value + n) % 256), -0.25f - 2 * n)),
    ];

    private ImmutableArray<TokenId> AnswerTo(StepPlan plan, int row, int sample)
    {
        if (_answers.TryGetValue((plan.Sequences[row], sample), out var known))
            return known;
        Samplings.Add(plan.Samplings[row]!);
        var prompt = plan.TokenLogs[row].Span[..plan.PromptCounts[row]];
        if (sample == 0)
            Prompts.Add([.. prompt]);
        var text = script(tokenizer.Decode(prompt, skipSpecialTokens: false), sample);
        return _answers[(plan.Sequences[row], sample)] =
            [.. tokenizer.Encode(text, addSpecialTokens: false), ByteTokenizer.TurnEnd];
    }
}
