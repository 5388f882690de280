using System.CommandLine;
using SkPaged.TinyModel.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace SkPaged.TinyModel.Commands;

/// <summary>
/// <c>mix</c>: the means of two models' weights. Of two that training made one from the other, a
/// mixture has what the later one learned and most of what it forgot.
/// </summary>
internal static class MixCommand
{
    public static Command Create()
    {
        var folder = CommonOptions.Folder();
        var other = new Option<DirectoryInfo>("--with")
        {
            Description = "The folder of the other model, of the same shape.",
            Required = true,
        };
        var share = new Option<double>("--share")
        {
            Description = "The other model's share, from 0 to 1.",
            DefaultValueFactory = _ => 0.5,
        };
        var output = new Option<DirectoryInfo>("--output")
        {
            Description = "The folder to write.",
            Required = true,
        };
        var command = new Command("mix", "Writes the means of two models' weights.")
        {
            folder, other, share, output,
        };
        command.SetAction(parsed => Mix(
            parsed.GetValue(folder)!.FullName, parsed.GetValue(other)!.FullName,
            parsed.GetValue(share), parsed.GetValue(output)!.FullName));
        return command;
    }

    private static void Mix(string folder, string other, double share, string output)
    {
        if (share is not (>= 0 and <= 1))
            throw new ArgumentOutOfRangeException(
                nameof(share), share, "--share goes from 0 to 1.");
        var device = CommonOptions.Open("cpu");
        var (vocabulary, shape) =
            (ModelFolder.ReadTokenizer(folder), ModelFolder.ReadShape(folder));
        if (ModelFolder.ReadShape(other) is var wrong && wrong != shape)
            throw new InvalidDataException($"{other} has the shape {wrong}, {folder} {shape}.");
        using var parameters = ModelFolder.ReadWeights(folder, shape, device);
        using var others = ModelFolder.ReadWeights(other, shape, device);
        using (no_grad())
            foreach (var (mine, its) in parameters.Named().Zip(others.Named()))
                mine.Value.lerp_(its.Value, share);
        ModelFolder.WriteTokenizer(output, vocabulary);
        ModelFolder.WriteModel(output, shape, vocabulary, parameters);
    }
}
