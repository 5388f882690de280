using System.Collections.Immutable;
using System.Text.Json.Nodes;
using SkPaged.Connector.Templates;
using SkPaged.Connector.Text;
using SkPaged.Engine.Cuda;
using SkPaged.Engine.Pure;
using Xunit;

namespace SkPaged.Connector.Tests.Embedded;

/// <summary>
/// The embedded model against Hugging Face transformers 5.17: 40 dialogues of the evaluation
/// (seed 2001), rendered, tokenized and continued there in float32. transformers.json is written
/// by the tool's command <c>cases</c> and <c>check_with_transformers.py</c>. There the weights were
/// those of 82,944 steps, three quarters of the mixture that is embedded, which replies the same.
/// </summary>
public sealed class TransformersTests
{
    private const double MarginLeast = 1e-3;

    private static readonly string s_folder = EmbeddedModel.Extract();

    [Fact]
    public void Dialogues_are_rendered_and_tokenized_as_there()
    {
        var tokenizer = TextTokenizer.Load(s_folder);
        var template = ChatTemplate.Compile(tokenizer.ChatTemplate!);
        foreach (var row in Rows())
        {
            var tools = row["tools"]!.AsArray();
            var text = template.Render(new JsonObject
            {
                ["messages"] = row["messages"]!.DeepClone(),
                ["tools"] = tools.Count > 0 ? tools.DeepClone() : null,
                ["add_generation_prompt"] = true,
            });
            Assert.Equal(
                Ids(row, "prompt_ids"), [.. tokenizer.Encode(text, addSpecialTokens: false)]);
        }
    }

    [Fact]
    public async Task Replies_are_those_of_transformers_token_for_token()
    {
        await using var engine = LlmEngine.Load(
            s_folder, new LlmEngineOptions { DType = EngineDType.Float32, KvBlocks = 4096 });
        var replies = await Task.WhenAll(Rows().Select(async row =>
            (Row: row, Reply: await ReplyAsync(engine, [.. Ids(row, "prompt_ids")]))));
        Assert.All(replies, pair =>
        {
            Assert.True((double)pair.Row["margin"]! > MarginLeast);
            Assert.Equal(Ids(pair.Row, "greedy_ids"), pair.Reply);
        });
    }

    private static async Task<List<TokenId>> ReplyAsync(
        LlmEngine engine, ImmutableArray<TokenId> prompt)
    {
        var stop = new StopRule
        {
            MaxTokens = 250,
            EndTokens = engine.GenerationDefaults.EndOfSequence,
        };
        await using var generation = engine.Loop.Submit(prompt, SamplingParams.Greedy, stop);
        var tokens = new List<TokenId>();
        await foreach (var next in generation.ReadAllAsync())
        {
            if (next is TokenEvent.Token(var token))
                tokens.Add(token.Token);
        }

        return tokens;
    }

    private static List<JsonObject> Rows()
    {
        using var stream = typeof(TransformersTests).Assembly
            .GetManifestResourceStream("transformers.json")!;
        return [.. JsonNode.Parse(stream)!.AsArray().Select(row => row!.AsObject())];
    }

    private static List<TokenId> Ids(JsonObject row, string name) =>
        [.. row[name]!.AsArray().Select(id => new TokenId((int)id!))];
}
