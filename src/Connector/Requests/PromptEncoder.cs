using System.Collections.Immutable;
using Microsoft.Extensions.AI;
using SkPaged.Connector.Reasoning;
using SkPaged.Connector.Text;
using SkPaged.Engine.Pure;

namespace SkPaged.Connector.Requests;

/// <summary>
/// A rendered conversation -> tokens. Where a turn of it was generated in answer to exactly what
/// stands before it, and says what it said then, its tokens are the ones that were generated: the
/// text might be cut into others, and the template may write a call, its id or its JSON in another
/// way. So the next prompt begins with all that the last one and its answer were.
/// </summary>
/// <remarks>
/// Frames of turns stay the template's, the token that ends a turn included. A turn whose reasoning
/// the template leaves out is rendered as the template has it: models are trained on that.
/// </remarks>
/// <param name="tokenizer">The model's.</param>
/// <param name="ends">Where the template's turns end.</param>
/// <param name="vocabularySize">Tokens that the model has, by its embeddings.</param>
internal sealed class PromptEncoder(TextTokenizer tokenizer, TurnEnds ends, int vocabularySize)
{
    /// <summary>The digest of a turn, by which it is known again.</summary>
    /// <param name="reasoning">What the model thought.</param>
    /// <param name="text">What it said.</param>
    /// <param name="calls">Its calls, in order.</param>
    /// <param name="source">As it was spelled: its opening and the text of its tokens.</param>
    public static string Digest(
        string reasoning, string text, IEnumerable<FunctionCallContent> calls, string source) =>
        TextDigest.Of([reasoning, text, source, .. calls.SelectMany(Texts)]);

    /// <summary>The tokens, and what marks the conversation.</summary>
    /// <param name="text">As it was rendered.</param>
    /// <param name="opening">The beginning of the answer, behind it.</param>
    /// <param name="turns">What was rendered, in order.</param>
    public (ImmutableArray<TokenId> Prompt, PromptMark Mark) Encode(
        string text, string opening, IReadOnlyList<Turn> turns)
    {
        var (known, mark) = Recognize(text, turns);
        var tokens = ImmutableArray.CreateBuilder<TokenId>();
        var written = 0;
        foreach (var turn in known)
        {
            var (start, generated) = (turn.Generated!.Prompt.Length, turn.Generated);
            if (start < written
                || ends.After(text, start, turn) is not { } end
                || !IsOf(turn, generated, text.AsSpan(start..end)))
                continue;
            tokens.AddRange(Tokens(text[written..start] + generated.Opening));
            tokens.AddRange(generated.Tokens);
            written = end;
        }

        tokens.AddRange(Tokens(text[written..] + opening));
        return (tokens.ToImmutable(), mark);
    }

    // The turns that answered what stands before them, in order, by one digest over the text. (Of
    // those that did not, some were asked more than is rendered now: so by length, not by place.)
    private static (List<Turn> Known, PromptMark Mark) Recognize(
        string text, IReadOnlyList<Turn> turns)
    {
        using var digest = new TextDigest();
        List<Turn> known = [];
        var read = 0;
        var carrying = turns
            .Where((turn, index) => turn.Generated?.Prompt.Turns == index)
            .Where(turn => turn.Generated!.Prompt.Length is var length
                && length >= 0 && length <= text.Length)
            .OrderBy(turn => turn.Generated!.Prompt.Length);
        foreach (var turn in carrying)
        {
            var prompt = turn.Generated!.Prompt;
            digest.Append(text.AsSpan(read..prompt.Length));
            read = prompt.Length;
            if (digest.Value == prompt.Digest)
                known.Add(turn);
        }

        digest.Append(text.AsSpan(read));
        return (known, new PromptMark(turns.Count, text.Length, digest.Value));
    }

    private ImmutableArray<TokenId> Tokens(string text) =>
        tokenizer.Encode(text, addSpecialTokens: false);

    // Whether the message still says what was generated, by tokens of this model, and the template
    // shows what was thought. Tokens of another model spell something else here.
    private bool IsOf(Turn turn, GeneratedTurn generated, ReadOnlySpan<char> rendered)
    {
        var source = generated.Opening
            + tokenizer.Decode(generated.Tokens.AsSpan(), skipSpecialTokens: false);
        return generated.Tokens.All(token => (uint)token.Value < (uint)vocabularySize)
            && generated.Digest == Digest(turn.Reasoning, turn.Text, turn.Calls, source)
            && !Said(turn).Append(source).Any(ends.AreIn)
            && ((turn.Reasoning.Length == 0 && !source.Contains(ReasoningSplitter.Close))
                || (rendered.Contains(ReasoningSplitter.Close, StringComparison.Ordinal)
                    && rendered.Contains(turn.Reasoning, StringComparison.Ordinal)));
    }

    // Where one looks like an end, the first end in the text is not that of the turn.
    private static IEnumerable<string> Said(Turn turn) =>
        turn.Calls.SelectMany(Texts).Append(turn.Text).Append(turn.Reasoning);

    private static IEnumerable<string> Texts(FunctionCallContent call)
    {
        var arguments = ContentJson.Arguments(call);
        return arguments.OrderBy(pair => pair.Key, StringComparer.Ordinal)
            .SelectMany(pair => (string[])[pair.Key, ContentJson.Text(pair.Value)])
            .Prepend($"{arguments.Count}")
            .Prepend(call.Name);
    }
}
