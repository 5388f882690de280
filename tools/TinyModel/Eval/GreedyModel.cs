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

    /// <summary>
    /// Which replies greedy decoding would give letter for letter. One pass over prompt and
    /// expected reply
    /// tells: decoding gives that reply exactly if at each of its places the likeliest token is
    /// the next one.
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
            results.AddRange(group
                .Select(pair => pair.Case).Zip(Right([.. group.Select(pair => pair.Chat)])));
        }
        return [.. results.OrderBy(result => result.Item1.Number)];
    }

    /// <summary>
    /// The tokens of a prompt with the greedy reply, without the token that ends it.
    /// </summary>
    public (IReadOnlyList<int> Prompt, IReadOnlyList<int> Reply) Generate(string prompt, int limit)
    {
        using var noGradients = no_grad();
        var ids = new List<int>();
        tokenizer.Encode(prompt, ids);
        var (length, stop) = (ids.Count, vocabulary.Id(SpecialTokens.EndOfMessage));
        while (ids.Count < Math.Min(length + limit, shape.Positions))
        {
            using var scope = NewDisposeScope();
            var tokens =
                tensor(ids.Select(id => (long)id).ToArray(),
                    [1, ids.Count]).to(parameters.Embedding.device);
            var place = tensor(new[] { ids.Count - 1L }).to(parameters.Embedding.device);
            var next = (int)decoder.Logits(tokens, place).argmax(1).item<long>();
            if (next == stop) break;
            ids.Add(next);
        }
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

    private bool[] Right(IReadOnlyList<EncodedChat> chats)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        var device = parameters.Embedding.device;
        var batch =
            Batch.Of(chats, chats.Max(chat => chat.Ids.Count),
                vocabulary.Id(SpecialTokens.EndOfText), () => 0);
        var tokens = tensor(batch.Tokens, [batch.Rows, batch.Time]).to(device);
        var likeliest =
            decoder.Logits(tokens,
                tensor(batch.Places).to(device)).argmax(1).cpu().data<long>().ToArray();
        var wrong = Enumerable.Range(0, batch.Places.Length)
            .Where(i => likeliest[i] != batch.Targets[i])
            .Select(i => batch.Places[i] / batch.Time).ToHashSet();
        return Enumerable.Range(0, chats.Count).Select(row => !wrong.Contains(row)).ToArray();
    }
}
