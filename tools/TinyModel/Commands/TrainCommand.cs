using System.CommandLine;
using System.Globalization;
using SkPaged.TinyModel.Bpe;
using SkPaged.TinyModel.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace SkPaged.TinyModel.Commands;

/// <summary><c>train</c>: trains the model from scratch, or goes on from a checkpoint.</summary>
internal static class TrainCommand
{
    public static Command Create()
    {
        var (folder, seed, device) =
            (CommonOptions.Folder(), CommonOptions.Seed(1), CommonOptions.Device());
        var steps = Number("--steps", 20_000, "Steps of the whole schedule.");
        var tokens = Number("--tokens-per-step", 65_536, "Tokens of a batch.");
        var matrixRate = Rate("--matrix-rate", 0.02, "The height of the matrices' learning rate.");
        var otherRate =
            Rate("--other-rate", 0.008,
                "The height of the embedding's and the norms' learning rate.");
        var minutes = Rate("--minutes", 1e6, "Stop after so many minutes, steps left or not.");
        var checkpoint = new Option<DirectoryInfo?>("--checkpoint")
        {
            Description = "Where to keep a checkpoint; one that is there is gone on from.",
        };
        var command = new Command("train", "Trains the model.")
        {
            folder, seed, device, steps, tokens, matrixRate, otherRate, minutes, checkpoint,
        };
        command.SetAction(parsed => Train(
            parsed.GetValue(folder)!.FullName, parsed.GetValue(seed), parsed.GetValue(device)!,
            new Schedule(parsed.GetValue(steps), parsed.GetValue(tokens),
                parsed.GetValue(matrixRate), parsed.GetValue(otherRate)),
            TimeSpan.FromMinutes(parsed.GetValue(minutes)), parsed.GetValue(checkpoint)?.FullName));
        return command;
    }

    private static void Train(
        string folder, ulong seed, string deviceName, Schedule schedule, TimeSpan limit,
            string? checkpoint)
    {
        var device = CommonOptions.Open(deviceName);
        var vocabulary = ModelFolder.ReadTokenizer(folder);
        var shape = TinyShape.Shipped(vocabulary.Pieces.Count);
        var (first, parameters) = checkpoint is not null && Directory.Exists(checkpoint)
            ? Checkpoint.Read(checkpoint, shape, device)
            : (0, Fresh(shape, device, seed));
        Say($"{shape.Parameters} parameters on {device}, steps {first} to {schedule.Steps}");
        using (parameters)
        {
            var done =
                Run(shape, schedule with { FirstStep = first }, parameters, vocabulary, seed,
                    limit);
            if (checkpoint is not null) Checkpoint.Write(checkpoint, done, parameters);
            ModelFolder.WriteModel(folder, shape, vocabulary, parameters);
        }
    }

    private static Parameters Fresh(TinyShape shape, Device device, ulong seed)
    {
        using var random = new Generator(seed, CPU);
        return Parameters.Fresh(shape, device, random);
    }

    private static int Run(TinyShape shape, Schedule schedule, Parameters parameters,
        Vocabulary vocabulary,
        ulong seed, TimeSpan limit)
    {
        using var source = new BatchSource(vocabulary, schedule, seed);
        using var trainer = new Trainer(shape, schedule, parameters);
        return trainer.Run(source, limit, report => Say(
            $"step {report.Step}  loss {report.Loss:F4}  {Rate(report)}  {Clock(report)}"));
    }

    private static string Clock(TrainingReport report) =>
        report.Elapsed.ToString(@"mm\:ss", CultureInfo.InvariantCulture);

    private static string Rate(TrainingReport report) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{report.TokensPerSecond / 1e6:F2} M tokens/s, {report.Waiting:P0} waiting");

    private static void Say(FormattableString text) =>
        Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));

    private static Option<int> Number(string name, int value, string description) =>
        new(name) { Description = description, DefaultValueFactory = _ => value };

    private static Option<double> Rate(string name, double value, string description) =>
        new(name) { Description = description, DefaultValueFactory = _ => value };
}
