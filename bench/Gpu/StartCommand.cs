using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using SkPaged.Engine.Cuda;

namespace SkPaged.Bench;

/// <summary>
/// From the start of a process to an engine that takes requests: in processes of their own, the
/// first of them with an empty folder for compiled kernels and tuned products.
/// </summary>
internal static class StartCommand
{
    private const string Name = "gpu-start", CacheVariable = "SKPAGED_CACHE";

    private static readonly Option<string> Shape = new("--shape") { Required = true };

    private static readonly Option<EngineDType> DType = new("--dtype") { Required = true };

    private static readonly Option<bool> NoTuning = new("--no-tuning");

    public static Command Create()
    {
        var command = new Command(Name, "One start of an engine on a GPU, for bench gpu.")
        {
            Shape, DType, NoTuning,
        };
        command.Hidden = true;
        command.SetAction(Run);
        return command;
    }

    public static StartPoint Measure(
        string shape, EngineDType dtype, int repetitions, bool tunes)
    {
        var cache = Directory.CreateTempSubdirectory("skpaged-start-");
        try
        {
            var first = Seconds(shape, dtype, tunes, cache.FullName);
            return new(first, Spread.Of(
                Enumerable.Range(0, repetitions).Select(
                    _ => Seconds(shape, dtype, tunes, cache.FullName)).ToArray()));
        }
        finally
        {
            cache.Delete(recursive: true);
        }
    }

    private static int Run(ParseResult parsed)
    {
        using var file = new ShapeFile(parsed.GetValue(Shape)!);
        using var engine = LlmEngine.Load(
            file.Path,
            new()
            {
                Device = EngineDevice.Cuda,
                DType = parsed.GetValue(DType),
                LoadFormat = LoadFormat.Dummy,
                TuneProducts = !parsed.GetValue(NoTuning),
            },
            new StartLines());
        using var process = Process.GetCurrentProcess();
        var seconds = (DateTime.Now - process.StartTime).TotalSeconds;
        Console.WriteLine(seconds.ToString(CultureInfo.InvariantCulture));
        return 0;
    }

    private static double Seconds(string shape, EngineDType dtype, bool tunes, string cache)
    {
        var start = new ProcessStartInfo(
            Environment.ProcessPath!,
            [
                .. OwnArguments(), Name, "--shape", shape, "--dtype", $"{dtype}",
                .. tunes ? (string[])[] : [NoTuning.Name],
            ])
        {
            RedirectStandardOutput = true,
        };
        start.Environment[CacheVariable] = cache;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? double.Parse(output.Trim().Split('\n')[^1], CultureInfo.InvariantCulture)
            : throw new InvalidOperationException("An engine did not start: see above.");
    }

    // Where the runtime is a program of its own, the first argument is ours.
    private static IEnumerable<string> OwnArguments() =>
        Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet"
            ? [typeof(StartCommand).Assembly.Location]
            : [];
}
