using SkPaged.TinyModel.Bpe;
using SkPaged.TinyModel.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace SkPaged.TinyModel.Eval;

/// <summary>Runs the model on dialogues of the evaluation.</summary>
public sealed class GreedyModel(TinyShape shape, Parameters parameters, ScalarType type,
    Vocabulary vocabulary)
    : IDisposable
{
    private const int TokensAtOnce = 32_768;

    private readonly Decoder decoder = new(shape, parameters, type);
    private readonly BpeTokenizer tokenizer = new(vocabulary);
    private readonly int stop = vocabulary.Id(SpecialTokens.EndOfMessage);

    /// <summary>
    /// Which replies greedy decoding would give letter for letter. One pass over prompt and
    /// expected reply tells it nearly always: decoding gives that reply if at each of its places
    /// the likeliest token is the next one. Where another token goes on with the same letters,
    /// the reply is decoded from there.
    /// </summary>
    public IReadOnlyList<(EvalCase Case, bool Right)> Score(IReadOnlyList<EvalCase> cases)
    {
        var encoded = cases.Select(wanted => (Case: wanted, Chat: Encode(wanted)))
            .OrderBy(pair => pair.Chat.Ids.Count).ToList();
        var results = new List<(EvalCase, bool)>();
        for (var start = 0; start < encoded.Count;)
        {
            var group = new List<(EvalCase Case, EncodedChat Chat)>();
            while (start < encoded.Count
                && (group.Count == 0
                    || (group.Count + 1) * encoded[start].Chat.Ids.Count <= TokensAtOnce))
                group.Add(encoded[start++]);
            results.AddRange(group.Select(pair => pair.Case).Zip(Right(group)));
        }
        return [.. results.OrderBy(result => result.Item1.Number)];
    }

    /// <summary>
    /// The tokens of a prompt with the greedy reply, without the token that ends it.
    /// </summary>
    public (IReadOnlyList<int> Prompt, IReadOnlyList<int> Reply) Generate(string prompt, int limit)
    {
        var ids = new List<int>();
        tokenizer.Encode(prompt, ids);
        var length = ids.Count;
        while (ids.Count < length + limit && Next(ids) is var next && next != stop) ids.Add(next);
        return (ids.GetRange(0, length), ids.GetRange(length, ids.Count - length));
    }

    /// <summary>The greedy reply to a prompt as text.</summary>
    public string Reply(string prompt, int limit) =>
        tokenizer.Decode(Generate(prompt, limit).Reply);

    /// <inheritdoc/>
    public void Dispose() => decoder.Dispose();

    /// <summary>Whether prompt and expected reply fit into the model's positions.</summary>
    public bool Fits(EvalCase wanted) => Encode(wanted).Ids.Count <= shape.Positions;

    private EncodedChat Encode(EvalCase wanted)
    {
        var ids = new List<int>();
        tokenizer.Encode(wanted.Prompt, ids);
        var prompt = ids.Count;
        tokenizer.Encode(wanted.ExpectedText + SpecialTokens.EndOfMessage, ids);
        return new(ids, [.. Enumerable.Range(0, ids.Count).Select(i => i >= prompt)]);
    }

    private bool[] Right(IReadOnlyList<(EvalCase Case, EncodedChat Chat)> group) =>
        [.. group.Zip(Likeliest([.. group.Select(pair => pair.Chat)]),
            (pair, likeliest) => IsRight(pair.Case, pair.Chat, likeliest))];

    private bool IsRight(EvalCase wanted, EncodedChat chat, ReadOnlySpan<long> likeliest)
    {
        var length = chat.Ids.Count - likeliest.Length;
        var same = 0;
        while (same < likeliest.Length && likeliest[same] == chat.Ids[length + same]) same++;
        if (same == likeliest.Length) return true;
        var ids = chat.Ids.Take(length + same).Append((int)likeliest[same]).ToList();
        var prompt = ids.GetRange(0, length);
        return new Spelling(tokenizer).Spells(wanted.ExpectedText, ids.Skip(length),
            reply => Next([.. prompt, .. reply]));
    }

    // For each place of each expected reply the token that greedy decoding puts there.
    private long[][] Likeliest(IReadOnlyList<EncodedChat> chats)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        var device = parameters.Embedding.device;
        var batch = Batch.Of(chats, chats.Max(chat => chat.Ids.Count),
            vocabulary.Id(SpecialTokens.EndOfText), () => 0);
        var tokens = tensor(batch.Tokens, [batch.Rows, batch.Time]).to(device);
        var likeliest = decoder.Logits(tokens, tensor(batch.Places).to(device))
            .argmax(1).cpu().data<long>().ToArray();
        var (replies, start) = (new long[chats.Count][], 0);
        for (var row = 0; row < chats.Count; row++)
        {
            var length = chats[row].Learned.Count(learned => learned);
            replies[row] = likeliest[start..(start += length)];
        }
        return replies;
    }

    // A reply ends where the positions do.
    private int Next(List<int> ids)
    {
        if (ids.Count >= shape.Positions) return stop;
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        var device = parameters.Embedding.device;
        var tokens = tensor(ids.Select(id => (long)id).ToArray(), [1, ids.Count]).to(device);
        var place = tensor(new[] { ids.Count - 1L }).to(device);
        return (int)decoder.Logits(tokens, place).argmax(1).item<long>();
    }
}
