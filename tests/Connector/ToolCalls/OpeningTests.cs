using SkPaged.Connector.Text;
using SkPaged.Connector.Tests.Text;
using SkPaged.Connector.ToolCalls;
using Xunit;

namespace SkPaged.Connector.Tests.ToolCalls;

/// <summary>
/// A call that was begun in the prompt has the tokens that it would have had, had the model begun
/// it: the opening ends where a token ends.
/// </summary>
public sealed class OpeningTests
{
    private static readonly string[] s_names = ["weather", "Harbour_GetTide", "get-time.2", "x"];

    [Fact]
    public void Of_the_embedded_model() =>
        Check(TextTokenizer.Load(EmbeddedModel.Extract()), HermesFormat.Instance, "arguments");

    [SkippableFact]
    public void Of_Qwen() =>
        Check(Files.Published("qwen3"), HermesFormat.Instance, "arguments");

    [SkippableFact]
    public void Of_Llama() =>
        Check(Files.Published("llama3_1"), new LlamaFormat(OneCall: true), "parameters");

    private static void Check(TextTokenizer tokenizer, ToolCallFormat format, string arguments)
    {
        foreach (var name in s_names)
            foreach (var opening in (string[])[format.Opening(null), format.Opening(name)])
            {
                var call = Call(format, name, arguments);
                Assert.StartsWith(opening, call);
                Assert.Equal(
                    tokenizer.Encode(call, addSpecialTokens: false),
                    tokenizer.Encode(opening, addSpecialTokens: false)
                        .Concat(tokenizer.Encode(call[opening.Length..], addSpecialTokens: false)));
            }
    }

    private static string Call(ToolCallFormat format, string name, string arguments) =>
        (format is HermesFormat ? HermesFormat.Open + "\n" : "")
        + $"{{\"name\": \"{name}\", \"{arguments}\": {{\"at\": \"Oslo\", \"n\": 3}}}}";
}
