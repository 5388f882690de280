using System.Collections.Immutable;
using SkPaged.Connector.Text;
using SkPaged.Engine.Cuda;
using SkPaged.Engine.Pure;

namespace SkPaged.Connector.Tests.Scripted;

/// <summary>
/// A model whose answer to a prompt is a function of the prompt's text: it says the answer's
/// tokens, then ends the turn. What it may not say, and what follows the end, is "x".
/// </summary>
internal sealed class ScriptedExecutor(TextTokenizer tokenizer, Func<string, string> script)
    : IStepExecutor
{
    private static readonly TokenId Filler = new('x');
    private readonly Dictionary<SequenceId, ImmutableArray<TokenId>> _answers = [];
    private int _disposals;

    /// <summary>Called before each step, on the loop's thread; may block or throw.</summary>
    public Action<StepPlan>? BeforeStep { get; set; }

    /// <summary>Sampling parameters of the requests seen, in order of their first token.</summary>
    public List<SamplingParams> Samplings { get; } = [];

    public int Disposals => _disposals;

    public StepResult Execute(StepPlan plan)
    {
        BeforeStep?.Invoke(plan);
        return new StepResult(
            plan.Id,
            [.. Enumerable.Range(0, plan.Rows).Where(plan.Samples).Select(row => Draw(plan, row))]);
    }

    public void Dispose() => Interlocked.Increment(ref _disposals);

    private SampledToken Draw(StepPlan plan, int row)
    {
        var answer = AnswerTo(plan, row);
        var said = plan.TokenLogs[row].Count - plan.PromptCounts[row];
        var token = said < answer.Length ? answer[said] : Filler;
        var forbidden = plan.Forbidden[row];
        token = !forbidden.IsDefault && forbidden.Contains(token) ? Filler : token;
        return plan.Samplings[row]!.Logprobs is { } top
            ? new SampledToken(
                token,
                -0.25f,
                [.. Enumerable.Range(0, top).Select(n => new TokenLogprob(token, -1 - n))])
            : new SampledToken(token);
    }

    private ImmutableArray<TokenId> AnswerTo(StepPlan plan, int row)
    {
        if (_answers.TryGetValue(plan.Sequences[row], out var known))
            return known;
        Samplings.Add(plan.Samplings[row]!);
        var prompt = plan.TokenLogs[row].Span[..plan.PromptCounts[row]];
        var text = script(tokenizer.Decode(prompt, skipSpecialTokens: false));
        return _answers[plan.Sequences[row]] =
            [.. tokenizer.Encode(text, addSpecialTokens: false), ByteTokenizer.TurnEnd];
    }
}
