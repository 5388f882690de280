using System.Globalization;
using SkPaged.Engine.Cuda.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace SkPaged.TinyModel.Training;

/// <summary>
/// The weights in float32 and the number of steps done, to go on with later. What the optimizers remember is
/// not kept: they find it again within a hundred steps.
/// </summary>
public static class Checkpoint
{
    private const string StepName = "step.txt";

    /// <summary>Writes a checkpoint.</summary>
    public static void Write(string folder, int step, Parameters parameters)
    {
        Directory.CreateDirectory(folder);
        using var scope = NewDisposeScope();
        SafeTensorsWriter.Write(
            Path.Combine(folder, WeightFiles.SingleFile), [.. parameters.Named()], ScalarType.Float32);
        File.WriteAllText(Path.Combine(folder, StepName), $"{step}\n");
    }

    /// <summary>Reads a checkpoint.</summary>
    /// <exception cref="InvalidDataException">The folder holds no checkpoint.</exception>
    public static (int Step, Parameters Parameters) Read(string folder, TinyShape shape, Device device)
    {
        var path = Path.Combine(folder, StepName);
        if (!File.Exists(path)) throw new InvalidDataException($"{folder} holds no checkpoint: no {StepName}.");
        var step = int.Parse(File.ReadAllText(path), CultureInfo.InvariantCulture);
        return (step, ModelFolder.ReadWeights(folder, shape, device));
    }
}
