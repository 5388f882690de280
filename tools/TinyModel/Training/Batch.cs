namespace SkPaged.TinyModel.Training;

/// <summary>Rows of one length with the places whose next token is to be learned.</summary>
/// <param name="Rows">How many rows.</param>
/// <param name="Time">Tokens of a row.</param>
/// <param name="Tokens">The tokens, row after row, padded at the end of each.</param>
/// <param name="Places">Indices into <paramref name="Tokens"/>.</param>
/// <param name="Targets">The token that follows each place.</param>
/// <param name="Weights">How much each place counts.</param>
public sealed record Batch(
    int Rows, int Time, long[] Tokens, long[] Places, long[] Targets, float[] Weights)
{
    /// <summary>A batch of chats, each at most one token longer than the rows.</summary>
    /// <param name="chats">One chat for each row.</param>
    /// <param name="time">Tokens of a row.</param>
    /// <param name="padding">The token after the end of a chat.</param>
    /// <param name="otherWeight">
    /// How much a place counts whose next token is not the model's; asked for each such place.
    /// </param>
    public static Batch Of(
        IReadOnlyList<EncodedChat> chats, int time, int padding, Func<float> otherWeight)
    {
        var tokens = new long[chats.Count * time];
        Array.Fill(tokens, padding);
        var (places, targets, weights) = (new List<long>(), new List<long>(), new List<float>());
        for (var row = 0; row < chats.Count; row++)
        {
            var (ids, learned) = chats[row];
            for (var i = 0; i < ids.Count && i < time; i++)
            {
                tokens[(row * time) + i] = ids[i];
                if (i + 1 == ids.Count) break;
                var weight = learned[i + 1] ? 1f : otherWeight();
                if (weight == 0) continue;
                places.Add((row * time) + i);
                targets.Add(ids[i + 1]);
                weights.Add(weight);
            }
        }
        return new(chats.Count, time, tokens, [.. places], [.. targets], [.. weights]);
    }
}
