using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace SkPaged.BatchGenerate.Tests;

/// <summary>The program as its users run it, in this process: its console is taken over.</summary>
/// <param name="Code">The exit code.</param>
/// <param name="Lines">What it wrote to its output file.</param>
/// <param name="Errors">What it wrote to the standard error stream.</param>
internal sealed record Run(int Code, IReadOnlyList<JsonObject> Lines, string Errors)
{
    /// <summary>
    /// Runs the embedded model with a cache of 16 blocks of 16 tokens, unless told otherwise.
    /// </summary>
    /// <param name="input">The input file's bytes.</param>
    /// <param name="arguments">More of the command line; what is said twice is an error.</param>
    public static Run Of(byte[] input, params string[] arguments)
    {
        var folder = Directory.CreateTempSubdirectory("skpaged-batch-");
        try
        {
            var from = Path.Combine(folder.FullName, "in");
            var to = Path.Combine(folder.FullName, "out");
            File.WriteAllBytes(from, input);
            var (code, errors) = Start([
                .. Unless(arguments, "--input", from),
                .. Unless(arguments, "--output", to),
                .. Unless(arguments, "--kv-blocks", "16"),
                .. Unless(arguments, "--device", "cpu"),
                .. arguments,
            ]);
            return new(code, File.Exists(to) ? [.. File.ReadLines(to).Select(Parse)] : [], errors);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    public static Run Of(string input, params string[] arguments) =>
        Of(Encoding.UTF8.GetBytes(input), arguments);

    /// <summary>The numbers that the summary tells of a thing, in order.</summary>
    public long[] Summary(string what) =>
    [
        .. Regex.Matches(
            Errors.Split('\n').Single(line => line.StartsWith(what, StringComparison.Ordinal)),
            "[0-9]+").Select(number => long.Parse(number.Value, CultureInfo.InvariantCulture)),
    ];

    /// <summary>The outputs of a line, as their token ids.</summary>
    public string[] Outputs(int line) =>
        [.. Lines[line]["outputs"]!.AsArray().Select(each => each!["token_ids"]!.ToJsonString())];

    private static (int Code, string Errors) Start(string[] arguments)
    {
        var before = Console.Error;
        using var errors = new StringWriter();
        Console.SetError(errors);
        try
        {
            var code = (int)typeof(Batch).Assembly.EntryPoint!.Invoke(null, [arguments])!;
            return (code, errors.ToString());
        }
        finally
        {
            Console.SetError(before);
        }
    }

    private static string[] Unless(string[] arguments, string name, string value) =>
        arguments.Contains(name) ? [] : [name, value];

    private static JsonObject Parse(string line) => JsonNode.Parse(line)!.AsObject();
}
