using SkPaged.TinyModel.Bpe;
using SkPaged.TinyModel.Chat;
using SkPaged.TinyModel.Corpus;

namespace SkPaged.TinyModel.Training;

/// <summary>
/// Makes batches on all cores while the device computes. The batch of a step depends on the seed
/// and the step
/// alone, never on the number of cores.
/// </summary>
public sealed class BatchSource : IDisposable
{
    private const double LettersPerToken = 3.5;
    private const float ReadWeight = 0.5f;

    private readonly Vocabulary vocabulary;
    private readonly Schedule schedule;
    private readonly ulong seed;
    private readonly Task<Batch>[] ahead;
    private readonly ThreadLocal<BpeTokenizer> tokenizers;
    private int taken;

    /// <summary>Starts making the batches of a schedule.</summary>
    public BatchSource(Vocabulary vocabulary, Schedule schedule, ulong seed)
    {
        (this.vocabulary, this.schedule, this.seed, taken) =
            (vocabulary, schedule, seed, schedule.FirstStep);
        tokenizers = new(() => new BpeTokenizer(vocabulary));
        ahead = new Task<Batch>[4 * Environment.ProcessorCount];
        for (var i = 0; i < ahead.Length; i++) Start(taken + i);
    }

    /// <summary>The batch of the next step.</summary>
    public Batch Take()
    {
        var batch = ahead[taken % ahead.Length].GetAwaiter().GetResult();
        Start(taken + ahead.Length);
        taken++;
        return batch;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Task.WaitAll(ahead);
        tokenizers.Dispose();
    }

    private void Start(int step) => ahead[step % ahead.Length] = Task.Run(() => Make(step));

    private Batch Make(int step)
    {
        var tokenizer = tokenizers.Value!;
        var dice = Dice.For(seed, (ulong)step);
        var time = schedule.Time(dice, step);
        var chooser = new Chooser(dice, Split.Train, tokenizer.LetterPieces());
        var chats = new EncodedChat[schedule.TokensPerStep / time];
        for (var row = 0; row < chats.Length; row++) chats[row] = Chat(chooser, tokenizer, time);
        var share = schedule.ReadShare(step);
        return Batch.Of(chats, time, vocabulary.Id(SpecialTokens.EndOfText),
            () => share > 0 && dice.Chance(share) ? ReadWeight : 0);
    }

    private static EncodedChat Chat(Chooser chooser, BpeTokenizer tokenizer, int time)
    {
        while (true)
        {
            var dialogue = DialogueMaker.Make(chooser, new((int)(time * LettersPerToken)));
            var parts =
                ChatRenderer.Parts([.. dialogue.Turns.Select(turn => turn.Message)],
                    dialogue.Tools);
            if (EncodedChat.Fitting(tokenizer, parts, time + 1) is { } chat) return chat;
        }
    }
}
