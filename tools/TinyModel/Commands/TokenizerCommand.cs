using System.CommandLine;
using SkPaged.TinyModel.Bpe;
using SkPaged.TinyModel.Chat;
using SkPaged.TinyModel.Corpus;
using SkPaged.TinyModel.Training;

namespace SkPaged.TinyModel.Commands;

/// <summary><c>tokenizer</c>: learns the tokenizer from the corpus.</summary>
internal static class TokenizerCommand
{
    private const int VocabularySize = 4096;
    private const int PiecesInside = 2400;
    private const int LettersOfDialogue = 3000;

    public static Command Create()
    {
        var (folder, seed) = (CommonOptions.Folder(), CommonOptions.Seed(1));
        var letters = new Option<long>("--letters")
        {
            Description = "How many letters of the corpus to learn from.",
            DefaultValueFactory = _ => 60_000_000,
        };
        var command = new Command("tokenizer", "Learns the tokenizer.") { folder, seed, letters };
        command.SetAction(parsed => Learn(
            parsed.GetValue(folder)!.FullName, parsed.GetValue(seed), parsed.GetValue(letters)));
        return command;
    }

    private static void Learn(string folder, ulong seed, long letters)
    {
        var counts = new WordCounts();
        for (var (i, read) = (0UL, 0L); read < letters; i++)
        {
            var chooser = new Chooser(Dice.For(seed, i), Split.Train);
            var dialogue = DialogueMaker.Make(chooser, new(LettersOfDialogue));
            foreach (var (text, _) in ChatRenderer.Parts([.. dialogue.Turns.Select(t => t.Message)], dialogue.Tools))
            {
                // Special tokens are no words: they would be cut out before the merges see them.
                counts.Add(SpecialTokens.All.Aggregate(text, (rest, token) => rest.Replace(token, "\n")));
                read += text.Length;
            }
        }
        var spaced = VocabularySize - 256 - SpecialTokens.All.Length - PiecesInside;
        var vocabulary = new Vocabulary(BpeTrainer.Train(counts.All, counts.Spaced, PiecesInside, spaced));
        ModelFolder.WriteTokenizer(folder, vocabulary);
        Console.WriteLine($"{vocabulary.Pieces.Count} tokens from {counts.All.Count} different words: {folder}");
    }
}
