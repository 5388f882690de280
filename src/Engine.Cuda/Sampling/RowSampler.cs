using System.Collections.Immutable;
using System.Runtime.InteropServices;
using SkPaged.Engine.Cuda.Simd;
using SkPaged.Engine.Pure;
using TorchSharp;
using static TorchSharp.torch;

namespace SkPaged.Engine.Cuda.Sampling;

/// <summary>
/// Draws the tokens of a plan's rows: of a row one for each of its samples, all from the same
/// logits. Draws are shared out over a team.
/// </summary>
internal sealed class RowSampler
{
    private const int None = -1;

    private readonly WorkerTeam _team;
    private readonly Sampler[] _samplers;
    private readonly float[][] _logits;
    private readonly Action<int, int> _drawOne;
    private Draw[] _draws = [];
    private SampledToken[] _drawn = [];
    private StepPlan _plan = null!;
    private HostLogits _source;

    public RowSampler(WorkerTeam team, int vocabularySize)
    {
        _team = team;
        _samplers = [.. Enumerable.Range(0, team.Size).Select(_ => new Sampler())];
        _logits = [.. Enumerable.Range(0, team.Size).Select(_ => new float[vocabularySize])];
        _drawOne = DrawOne;
    }

    /// <param name="plan">The plan.</param>
    /// <param name="logits">[sampling rows, vocabulary], in row order.</param>
    /// <returns>Rows in order, and of a row its samples in order.</returns>
    /// <exception cref="LogitsException">A row has no token to draw.</exception>
    public ImmutableArray<SampledToken> DrawAll(StepPlan plan, Tensor logits)
    {
        var count = ReadDraws(plan);
        if (count == 0)
            return [];
        if (logits.device_type != DeviceType.CPU && AllPlain(plan, count))
            return DrawOnDevice(plan, logits, count);
        using var local = logits.device_type == DeviceType.CPU ? null : logits.cpu();
        return DrawAll(plan, count, HostLogits.Of(local ?? logits));
    }

    /// <summary>Whether a row wants its most likely token and nothing else.</summary>
    private static bool IsPlain(StepPlan plan, int row) =>
        plan.Forbidden[row].IsEmpty
        && plan.Samplings[row] is
        {
            IsGreedy: true,
            Logprobs: null,
            RepetitionPenalty: 1,
            PresencePenalty: 0,
            FrequencyPenalty: 0,
            LogitBias.IsEmpty: true,
        };

    private ImmutableArray<SampledToken> DrawAll(StepPlan plan, int count, HostLogits logits)
    {
        (_plan, _source) = (plan, logits);
        _drawn = new SampledToken[count];
        _team.Run(count, _drawOne);
        return ImmutableCollectionsMarshal.AsImmutableArray(_drawn);
    }

    private int ReadDraws(StepPlan plan)
    {
        if (_draws.Length < plan.SamplesTotal)
            _draws = new Draw[plan.SamplesTotal];
        var (count, logits) = (0, 0);
        for (var row = 0; row < plan.Rows; row++)
        {
            if (!plan.Samples(row))
                continue;
            var (first, samples) = plan.Draws[row];
            for (var sample = first; sample < first + samples; sample++)
                _draws[count++] = new(row, logits, sample, None);
            logits++;
        }
        return count;
    }

    // A sampler overwrites its logits, so each draw widens the row anew.
    private unsafe void DrawOne(int index, int worker)
    {
        var (row, source, sample, known) = _draws[index];
        if (known != None)
        {
            _drawn[index] = new(new(known));
            return;
        }
        var logits = _logits[worker];
        fixed (float* target = logits)
            _source.Widen(source, target);
        _drawn[index] = _samplers[worker].Draw(logits, SampleRequest.Of(_plan, row, sample));
    }

    private static void ThrowIfNotFinite(StepPlan plan, int row, int sample, bool isFinite)
    {
        if (!isFinite)
            throw new LogitsException(
                plan.Sequences[row], SampleRequest.Of(plan, row, sample).Position,
                "the model gave NaN or infinity");
    }

    private bool AllPlain(StepPlan plan, int count) =>
        _draws.Take(count).All(draw => IsPlain(plan, draw.Row));

    private ImmutableArray<SampledToken> DrawOnDevice(StepPlan plan, Tensor logits, int count)
    {
        var (greatest, places) = logits.max(1);
        using var values = greatest;
        using var indexes = places;
        using var localValues = values.to(ScalarType.Float32).cpu();
        using var localIndexes = indexes.cpu();
        var (maxima, ids) =
            (localValues.data<float>().ToArray(), localIndexes.data<long>().ToArray());
        foreach (var (row, source, sample, _) in _draws.AsSpan(0, count))
            ThrowIfNotFinite(plan, row, sample, float.IsFinite(maxima[source]));
        return
        [
            .. _draws.Take(count).Select(draw => new SampledToken(new((int)ids[draw.Logits]))),
        ];
    }

    /// <param name="Row">The plan's row.</param>
    /// <param name="Logits">The row of the logits.</param>
    /// <param name="Sample">Which of the request's samples.</param>
    /// <param name="Known">The token, or <see cref="None"/>: it is drawn.</param>
    private readonly record struct Draw(int Row, int Logits, int Sample, int Known);
}
