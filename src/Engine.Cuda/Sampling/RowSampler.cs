using System.Collections.Immutable;
using System.Runtime.InteropServices;
using SkPaged.Engine.Cuda.Memory;
using SkPaged.Engine.Cuda.Simd;
using SkPaged.Engine.Pure;
using TorchSharp;
using static TorchSharp.torch;

namespace SkPaged.Engine.Cuda.Sampling;

/// <summary>
/// Draws a token for each row of a plan that samples, rows shared out over a team.
/// </summary>
internal sealed class RowSampler
{
    private readonly WorkerTeam _team;
    private readonly Sampler[] _samplers;
    private readonly float[][] _logits;
    private readonly Action<int, int> _draw;
    private int[] _rows = [];
    private SampledToken[] _drawn = [];
    private StepPlan _plan = null!;
    private Tensor _source = null!;

    public RowSampler(WorkerTeam team, int vocabularySize)
    {
        _team = team;
        _samplers = [.. Enumerable.Range(0, team.Size).Select(_ => new Sampler())];
        _logits = [.. Enumerable.Range(0, team.Size).Select(_ => new float[vocabularySize])];
        _draw = Draw;
    }

    /// <param name="plan">The plan.</param>
    /// <param name="logits">[sampling rows, vocabulary], in row order.</param>
    /// <exception cref="LogitsException">A row has no token to draw.</exception>
    public ImmutableArray<SampledToken> Draw(StepPlan plan, Tensor logits)
    {
        var count = ReadRows(plan);
        if (count == 0)
            return [];
        if (logits.device_type != DeviceType.CPU && AllPlain(plan, count))
            return DrawOnDevice(plan, logits, count);
        using var local = logits.device_type == DeviceType.CPU ? null : logits.cpu();
        (_plan, _source) = (plan, local ?? logits);
        _drawn = new SampledToken[count];
        _team.Run(count, _draw);
        return ImmutableCollectionsMarshal.AsImmutableArray(_drawn);
    }

    private int ReadRows(StepPlan plan)
    {
        if (_rows.Length < plan.Rows)
            _rows = new int[plan.Rows];
        var count = 0;
        for (var row = 0; row < plan.Rows; row++)
            if (plan.Samples(row))
                _rows[count++] = row;
        return count;
    }

    private unsafe void Draw(int sample, int worker)
    {
        var logits = _logits[worker];
        fixed (float* target = logits)
            if (_source.dtype == ScalarType.Float32)
                Widen<Float32Element>(sample, target);
            else
                Widen<BFloat16Element>(sample, target);
        _drawn[sample] = _samplers[worker].Draw(logits, SampleRequest.Of(_plan, _rows[sample]));
    }

    private unsafe void Widen<T>(int sample, float* target)
        where T : unmanaged, IElement<T>
    {
        var width = (int)_source.shape[1];
        var rows = (T*)TensorMemory.Pointer(_source);
        Rowwise<T>.Widen(rows + (nint)sample * width, target, width);
    }

    private bool AllPlain(StepPlan plan, int count) =>
        _rows.AsSpan(0, count).ToArray().All(row => IsPlain(plan, row));

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
        for (var sample = 0; sample < count; sample++)
            if (!float.IsFinite(maxima[sample]))
                throw new LogitsException(
                    plan.Sequences[_rows[sample]],
                    SampleRequest.Of(plan, _rows[sample]).Position,
                    "the model gave NaN or infinity");
        return [.. ids.Select(id => new SampledToken(new((int)id)))];
    }
}
