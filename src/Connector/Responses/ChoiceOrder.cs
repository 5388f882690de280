namespace SkPaged.Connector.Responses;

/// <summary>
/// Parts of several choices, mixed -> one choice after the other: the first as it comes, each other
/// once those before it have ended.
/// </summary>
internal sealed class ChoiceOrder(int choices)
{
    private readonly List<AnswerPart>[] _waiting =
        [.. Enumerable.Range(0, choices).Select(_ => new List<AnswerPart>())];

    private int _current;

    /// <summary>The next part.</summary>
    /// <returns>Whatever may be told now, in order.</returns>
    public IEnumerable<AnswerPart> Take(AnswerPart part)
    {
        if (part.Choice > _current)
        {
            _waiting[part.Choice].Add(part);
            yield break;
        }

        yield return part;
        if (part is not AnswerPart.End)
            yield break;
        while (++_current < choices)
        {
            foreach (var waiting in _waiting[_current])
                yield return waiting;
            if (_waiting[_current] is not [.., AnswerPart.End])
                yield break;
        }
    }
}
