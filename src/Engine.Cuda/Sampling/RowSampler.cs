using System.Collections.Immutable;
using System.Runtime.InteropServices;
using SkPaged.Engine.Cuda.Memory;
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
    private readonly WorkerTeam _team;
    private readonly Sampler[] _samplers;
    private readonly float[][] _logits;
    private readonly Action<int, int> _drawOne;
    private Draw[] _draws = [];
    private SampledToken[] _drawn = [];
    private StepPlan _plan = null!;
    private Tensor _source = null!;

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
        (_plan, _source) = (plan, local ?? logits);
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
                _draws[count++] = new(row, logits, sample);
            logits++;
        }
        return count;
    }

    // A sampler overwrites its logits, so each draw widens the row anew.
    private unsafe void DrawOne(int index, int worker)
    {
        var (row, source, sample) = _draws[index];
        var logits = _logits[worker];
        fixed (float* target = logits)
            if (_source.dtype == ScalarType.Float32)
                Widen<Float32Element>(source, target);
            else
                Widen<BFloat16Element>(source, target);
        _drawn[index] = _samplers[worker].Draw(logits, SampleRequest.Of(_plan, row, sample));
    }

    private unsafe void Widen<T>(int row, float* target)
        where T : unmanaged, IElement<T>
    {
        var width = (int)_source.shape[1];
        var rows = (T*)TensorMemory.Pointer(_source);
        Rowwise<T>.Widen(rows + (nint)row * width, target, width);
    }

    private bool AllPlain(StepPlan plan, int count) =>
        _draws.Take(count).All(draw => IsPlain(plan, draw.Row));

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

    private ImmutableArray<SampledToken> DrawOnDevice(StepPlan plan, Tensor logits, int count)
    {
        var (greatest, places) = logits.max(1);
        using var values = greatest;
        using var indexes = places;
        using var localValues = values.to(ScalarType.Float32).cpu();
        using var localIndexes = indexes.cpu();
        var (maxima, ids) =
            (localValues.data<float>().ToArray(), localIndexes.data<long>().ToArray());
        foreach (var (row, source, sample) in _draws.AsSpan(0, count))
            if (!float.IsFinite(maxima[source]))
                throw new LogitsException(
                    plan.Sequences[row], SampleRequest.Of(plan, row, sample).Position,
                    "the model gave NaN or infinity");
        return
        [
            .. _draws.Take(count).Select(draw => new SampledToken(new((int)ids[draw.Logits]))),
        ];
    }

    /// <param name="Row">The plan's row.</param>
    /// <param name="Logits">The row of the logits.</param>
    /// <param name="Sample">Which of the request's samples.</param>
    private readonly record struct Draw(int Row, int Logits, int Sample);
}
