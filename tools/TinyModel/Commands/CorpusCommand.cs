using System.CommandLine;
using SkPaged.TinyModel.Chat;
using SkPaged.TinyModel.Corpus;

namespace SkPaged.TinyModel.Commands;

/// <summary><c>corpus</c>: prints dialogues as the model reads them.</summary>
internal static class CorpusCommand
{
    public static Command Create()
    {
        var (seed, count) = (CommonOptions.Seed(1), new Option<int>("--count")
        {
            Description = "How many dialogues.",
            DefaultValueFactory = _ => 3,
        });
        var letters = new Option<int>("--letters")
        {
            Description = "About so many letters in each.",
            DefaultValueFactory = _ => 1500,
        };
        var heldOut = new Option<bool>("--held-out") { Description = "The half that training never sees." };
        var command = new Command("corpus", "Prints samples of the corpus.") { seed, count, letters, heldOut };
        command.SetAction(parsed => Print(
            parsed.GetValue(seed), parsed.GetValue(count), parsed.GetValue(letters),
            parsed.GetValue(heldOut) ? Split.HeldOut : Split.Train));
        return command;
    }

    private static void Print(ulong seed, int count, int letters, Split split)
    {
        for (var i = 0; i < count; i++)
        {
            var chooser = new Chooser(Dice.For(seed, (ulong)i), split);
            var dialogue = DialogueMaker.Make(chooser, new(letters));
            Console.WriteLine(ChatRenderer.Render(
                [.. dialogue.Turns.Select(turn => turn.Message)], dialogue.Tools, addGenerationPrompt: false));
        }
    }
}
