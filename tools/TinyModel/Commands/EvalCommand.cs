using System.CommandLine;
using SkPaged.TinyModel.Corpus;
using SkPaged.TinyModel.Eval;
using SkPaged.TinyModel.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace SkPaged.TinyModel.Commands;

/// <summary><c>eval</c>: scores the model on dialogues that training has never seen.</summary>
internal static class EvalCommand
{
    private const int ReplyLimit = 200;

    public static Command Create()
    {
        var (folder, seed, device) =
            (CommonOptions.Folder(), CommonOptions.Seed(1001), CommonOptions.Device());
        var count = new Option<int>("--count")
        {
            Description = "How many dialogues.",
            DefaultValueFactory = _ => 2000,
        };
        var wrong = new Option<int>("--show-wrong")
        {
            Description = "How many wrong replies to print.",
            DefaultValueFactory = _ => 0,
        };
        var (forms, share) = (CommonOptions.Forms(), CommonOptions.Share());
        var command = new Command("eval", "Scores the model.")
        {
            folder, seed, device, count, wrong, forms, share,
        };
        command.SetAction(parsed => Evaluate(
            parsed.GetValue(folder)!.FullName, parsed.GetValue(seed), parsed.GetValue(device)!,
            parsed.GetValue(count), parsed.GetValue(wrong),
            new(parsed.GetValue(forms) == "second", parsed.GetValue(share))));
        return command;
    }

    // Exit code 1 where a part misses its goal.
    private static int Evaluate(string folder, ulong seed, string deviceName, int count, int wrong,
        RequestForms requests)
    {
        var device = CommonOptions.Open(deviceName);
        var (vocabulary, shape) =
            (ModelFolder.ReadTokenizer(folder), ModelFolder.ReadShape(folder));
        using var parameters = ModelFolder.ReadWeights(folder, shape, device);
        using var model = new GreedyModel(
            shape, parameters, device.type == DeviceType.CUDA ? ScalarType.BFloat16
                : ScalarType.Float32, vocabulary);
        var results = model.Score(EvalSet.Generate(seed, count, model.Fits, requests));
        Console.WriteLine($"{count} dialogues of seed {seed}, held-out forms of the "
            + $"{(requests.Second ? "second" : "first")} set in {requests.Share:P0} of requests");
        Report(results);
        foreach (var (wanted, _) in results
            .Where(result => !result.Right).Take(wrong)) Show(model, wanted);
        return Scoring.ByPart(results).All(part => part.Value.Share >= Scoring.Goal(part.Key)) ? 0
            : 1;
    }

    private static void Report(IReadOnlyList<(EvalCase Case, bool Right)> results)
    {
        foreach (var (part, score) in Scoring.ByPart(results)) Console.WriteLine(
            $"{part,-14}{score}");
        Console.WriteLine();
        foreach (var skill in results.GroupBy(result => result.Case.Skill)
            .OrderBy(group => group.Key))
        {
            var (seen, unseen) =
                (skill.Where(r => !r.Case.HeldOutForm), skill.Where(r => r.Case.HeldOutForm));
            Console.WriteLine($"  {skill.Key,-13}{Scoring.Sum(skill)}"
                + $"  known forms {Scoring.Sum(seen)}  held-out forms {Scoring.Sum(unseen)}");
        }
    }

    private static void Show(GreedyModel model, EvalCase wanted)
    {
        Console.WriteLine(
            $"\n--- {wanted.Number} {wanted.Skill}{(wanted.HeldOutForm ? ", held-out form" : "")}");
        Console.WriteLine(wanted.Messages[^1].Content);
        Console.WriteLine(
            $"wanted: {wanted.ExpectedText}\nreply:  {model.Reply(wanted.Prompt, ReplyLimit)}");
    }
}
