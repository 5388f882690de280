using System.Text;
using SkPaged.TinyModel.Bpe;

namespace SkPaged.TinyModel.Eval;

/// <summary>
/// Compares a reply with a text letter for letter. The same letters may be written in other tokens
/// than the tokenizer would choose: such a reply is right.
/// </summary>
/// <param name="tokenizer">What the tokens stand for.</param>
public sealed class Spelling(BpeTokenizer tokenizer)
{
    private readonly int end = tokenizer.Special(SpecialTokens.EndOfMessage);

    /// <summary>
    /// Whether a reply is the text: its tokens spell all of it, and then it ends. Asks for no more
    /// tokens once a letter differs, so for at most one a byte and one for the end.
    /// </summary>
    /// <param name="text">The text that a right reply has.</param>
    /// <param name="start">The first tokens of the reply; may be empty.</param>
    /// <param name="next">The token that follows those written so far.</param>
    public bool Spells(string text, IEnumerable<int> start, Func<IReadOnlyList<int>, int> next)
    {
        var letters = Encoding.UTF8.GetBytes(text);
        var written = new List<int>();
        var spelled = 0;
        foreach (var token in start)
            if (!Goes(token)) return token == end && spelled == letters.Length;
        while (true)
        {
            var token = next(written);
            if (!Goes(token)) return token == end && spelled == letters.Length;
        }

        bool Goes(int token)
        {
            var bytes = tokenizer.Bytes(token);
            if (token == end || !letters.AsSpan(spelled).StartsWith(bytes)) return false;
            written.Add(token);
            spelled += bytes.Length;
            return true;
        }
    }
}
