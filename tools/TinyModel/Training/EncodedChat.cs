using SkPaged.TinyModel.Bpe;
using SkPaged.TinyModel.Chat;

namespace SkPaged.TinyModel.Training;

/// <summary>A chat as token ids, each with whether the model is to learn to say it.</summary>
/// <param name="Ids">The ids.</param>
/// <param name="Learned">For each id whether it is the model's.</param>
public sealed record EncodedChat(IReadOnlyList<int> Ids, IReadOnlyList<bool> Learned)
{
    /// <summary>
    /// Encodes a chat's pieces as long as they fit. The end is cut behind the last piece that the model says;
    /// null where not even the first fits.
    /// </summary>
    public static EncodedChat? Fitting(BpeTokenizer tokenizer, IEnumerable<ChatPart> parts, int limit)
    {
        var (ids, learned, end) = (new List<int>(), new List<bool>(), 0);
        foreach (var part in parts)
        {
            tokenizer.Encode(part.Text, ids);
            if (ids.Count > limit) break;
            while (learned.Count < ids.Count) learned.Add(part.Learned);
            if (part.Learned) end = ids.Count;
        }
        return end == 0 ? null : new(ids.GetRange(0, end), learned.GetRange(0, end));
    }
}
