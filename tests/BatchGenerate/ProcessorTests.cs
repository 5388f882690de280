using System.Diagnostics;
using System.Text.Json.Nodes;
using Xunit;

namespace SkPaged.BatchGenerate.Tests;

/// <summary>
/// Lesser processors than this one, by .NET's and torch's own switches, each in a process of its
/// own: they are read at its start.
/// </summary>
public sealed class ProcessorTests
{
    private const string Question =
        """
        {"messages":[{"role":"system","content":"Mira Toft runs the Blue Anchor."},
        {"role":"user","content":"Who runs the Blue Anchor?"}],"max_tokens":16,"temperature":0}
        """;

    private static readonly Lazy<string> s_here = new(() => TokensIn([]));

    [Theory]
    [InlineData("DOTNET_EnableAVX512=0 ATEN_CPU_CAPABILITY=avx2 ONEDNN_MAX_CPU_ISA=AVX2")]
    [InlineData("DOTNET_EnableAVX2=0 ATEN_CPU_CAPABILITY=default ONEDNN_MAX_CPU_ISA=SSE41")]
    [InlineData("DOTNET_EnableHWIntrinsic=0 ATEN_CPU_CAPABILITY=default")]
    public void A_lesser_processor_gives_the_same_answer(string switches) =>
        Assert.Equal(s_here.Value, TokensIn(switches.Split(' ')));

    private static string TokensIn(string[] switches)
    {
        string[] arguments =
            [typeof(Batch).Assembly.Location, "--dtype", "float32", "--kv-blocks", "32"];
        var start = new ProcessStartInfo("dotnet", arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        foreach (var pair in switches.Select(text => text.Split('=')))
            start.Environment[pair[0]] = pair[1];
        using var process = Process.Start(start)!;
        process.StandardInput.WriteLine(Question.ReplaceLineEndings(""));
        process.StandardInput.Close();
        var answer = JsonNode.Parse(process.StandardOutput.ReadToEnd())!;
        process.WaitForExit();
        return answer["outputs"]![0]!["token_ids"]!.ToJsonString();
    }
}
