using SkPaged.Engine.Pure;

namespace SkPaged.Engine.Cuda.Sampling;

/// <summary>
/// What changes the logits of a plan's rows, each token once: bias, penalties for tokens that have
/// been seen, tokens that are forbidden. Reused from step to step.
/// </summary>
internal sealed class AdjustmentReader(int vocabularySize)
{
    private readonly List<Adjustment> _adjustments = [];
    private readonly List<AdjustmentEntry> _entries = [];

    // Where a token's entry is, one more than that; 0: it has none.
    private readonly int[] _places = new int[vocabularySize];

    /// <summary>Of the rows that have any.</summary>
    public List<Adjustment> Adjustments => _adjustments;

    /// <summary>Of all rows, one after the other.</summary>
    public List<AdjustmentEntry> Entries => _entries;

    public void Clear()
    {
        _adjustments.Clear();
        _entries.Clear();
    }

    /// <summary>Reads what changes a row's logits.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="row">A row that samples.</param>
    /// <param name="logits">Its row of the logits.</param>
    /// <returns>Whether anything does.</returns>
    public bool Read(StepPlan plan, int row, int logits)
    {
        var parameters = plan.Samplings[row]!;
        var forbidden = plan.Forbidden[row];
        var penalizesOutput = parameters is not { PresencePenalty: 0, FrequencyPenalty: 0 };
        var penalizes = penalizesOutput || parameters.RepetitionPenalty != 1;
        if (!penalizes && forbidden.IsEmpty && parameters.LogitBias.IsEmpty)
            return false;
        var first = _entries.Count;
        foreach (var (token, bias) in parameters.LogitBias)
            EntryOf(token).Bias += bias;
        foreach (var token in forbidden)
            EntryOf(token).Flags |= AdjustmentEntry.Forbidden;
        if (penalizes)
            ReadSeen(plan, row, penalizesOutput);
        foreach (var entry in Added(first))
            _places[entry.Token] = 0;
        _adjustments.Add(new(
            logits, first, _entries.Count - first,
            penalizes && plan.Awaits(row) ? plan.Awaited[row] : -1,
            parameters.RepetitionPenalty, parameters.PresencePenalty,
            parameters.FrequencyPenalty));
        return true;
    }

    private void ReadSeen(StepPlan plan, int row, bool penalizesOutput)
    {
        var length = plan.FirstPositions[row] + plan.TokenCounts[row];
        var known = plan.TokenLogs[row].Span;
        known = known[..Math.Min(length, known.Length)];
        for (var i = 0; i < known.Length; i++)
        {
            ref var entry = ref EntryOf(known[i]);
            entry.Flags |= AdjustmentEntry.Seen;
            entry.Output += penalizesOutput && i >= plan.PromptCounts[row] ? 1 : 0;
        }
    }

    private ref AdjustmentEntry EntryOf(TokenId token)
    {
        ref var place = ref _places[token.Value];
        if (place == 0)
        {
            _entries.Add(new(token.Value, 0, 0, 0));
            place = _entries.Count;
        }
        return ref Added(place - 1)[0];
    }

    private Span<AdjustmentEntry> Added(int first) =>
        System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_entries)[first..];
}
