using Microsoft.Extensions.AI;
using SkPaged.Connector.Tests.Scripted;
using SkPaged.Connector.Text;
using Xunit;

namespace SkPaged.Connector.Tests.Engines;

/// <summary>
/// Engines from folders. The model is a reference one of random weights: what it says is noise, but
/// all of the path is real.
/// </summary>
public sealed class ModelFolderTests : IDisposable
{
    private readonly string _folder =
        Directory.CreateTempSubdirectory("skpaged-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [SkippableFact]
    public async Task A_folder_becomes_an_engine_that_chats()
    {
        CopyModel();
        await using var engine = PagedLlmEngine.Load(_folder, Small());
        var client = new PagedLlmChatClient(engine);
        var options = new ChatOptions { MaxOutputTokens = 24 };
        var response = await client.GetResponseAsync("Hello?", options);
        var stream = client.GetStreamingResponseAsync("Hello?", options);
        var streamed = await stream.ToChatResponseAsync();
        Assert.Equal(Path.GetFileName(_folder), engine.ModelId);
        Assert.Equal(256, engine.MaxLength);
        Assert.Equal(response.Text, streamed.Text);
        Assert.Equal(response.Usage!.OutputTokenCount, streamed.Usage!.OutputTokenCount);
        Assert.InRange(response.Usage.OutputTokenCount!.Value, 1, 24);
        Assert.Equal(0, engine.Snapshot.BlocksLive);
    }

    [SkippableFact]
    public async Task Together_or_alone_every_caller_gets_the_same_answer()
    {
        CopyModel();
        await using var engine = PagedLlmEngine.Load(_folder, Small());
        var client = new PagedLlmChatClient(engine);
        var options = new ChatOptions { MaxOutputTokens = 16, Temperature = 1, Seed = 5 };
        List<string> alone = [];
        foreach (var n in Enumerable.Range(0, 8))
            alone.Add((await client.GetResponseAsync($"Question {n}", options)).Text);
        var together = await Task.WhenAll(
            Enumerable.Range(0, 8).Select(n => client.GetResponseAsync($"Question {n}", options)));
        Assert.Equal(alone, together.Select(response => response.Text));
    }

    [Fact]
    public void A_folder_that_is_not_there_is_named()
    {
        var missing = Path.Combine(_folder, "missing");
        var error = Assert.Throws<DirectoryNotFoundException>(() => PagedLlmEngine.Load(missing));
        Assert.Equal($"There is no model folder \"{missing}\".", error.Message);
    }

    [Fact]
    public void A_folder_without_a_tokenizer_is_told()
    {
        var error = Assert.Throws<TokenizerFormatException>(() => PagedLlmEngine.Load(_folder));
        Assert.Contains("tokenizer.json", error.Message);
    }

    [Fact]
    public void A_folder_without_a_chat_template_is_told()
    {
        ByteTokenizer.WriteTo(_folder);
        var error = Assert.Throws<ModelFolderException>(() => PagedLlmEngine.Load(_folder));
        Assert.Equal(
            $"\"{_folder}\" has no chat template in chat_template.jinja or tokenizer_config.json; "
            + "give one as the option ChatTemplate.",
            error.Message);
    }

    [Fact]
    public void A_template_that_does_not_compile_is_told()
    {
        ByteTokenizer.WriteTo(_folder);
        var error = Assert.Throws<ModelFolderException>(
            () => PagedLlmEngine.Load(_folder, new() { ChatTemplate = "{% if %}" }));
        Assert.StartsWith(
            "The template given as the option ChatTemplate does not compile: ", error.Message);
        File.WriteAllText(Path.Combine(_folder, "chat_template.jinja"), "{% if %}");
        error = Assert.Throws<ModelFolderException>(() => PagedLlmEngine.Load(_folder));
        Assert.StartsWith(
            $"The chat template of \"{_folder}\" does not compile: ", error.Message);
    }

    [SkippableFact]
    public void A_build_without_the_embedded_model_says_so()
    {
        var embedded = typeof(PagedLlmEngine).Assembly.GetManifestResourceNames()
            .Any(name => name.StartsWith("model/", StringComparison.Ordinal));
        Skip.If(embedded, "this build has the embedded model");
        var error = Assert.Throws<ModelFolderException>(() => PagedLlmEngine.LoadEmbedded());
        Assert.Equal(
            "This build has no embedded model; give the folder of a model instead.", error.Message);
    }

    // A template that shows tools and no calls; the option says how the model writes them.
    [Fact]
    public async Task The_family_of_calls_may_be_said_where_the_template_does_not_show_it()
    {
        const string Template =
            """
            {%- for m in messages %}
            {{- '<|im_start|>' + m.role + '\n' + m.content + '<|im_end|>\n' }}
            {%- endfor %}
            {{- '<|im_start|>assistant\n' }}
            """;
        var options = new ChatOptions
        {
            Tools = [AIFunctionFactory.Create(() => "rising", "GetTide")],
            MaxOutputTokens = 8,
        };
        var silent = Small() with { ChatTemplate = Template };
        await using var none = PagedLlmEngine.LoadEmbedded(silent);
        var error = await Assert.ThrowsAsync<ChatRequestException>(
            () => new PagedLlmChatClient(none).GetResponseAsync("Hello!", options));
        Assert.Contains("The option ToolCalls names one.", error.Message);

        await using var said = PagedLlmEngine.LoadEmbedded(
            silent with { ToolCalls = ToolCallFamily.Hermes });
        var response = await new PagedLlmChatClient(said).GetResponseAsync("Hello!", options);
        Assert.NotEmpty(response.Messages[0].Contents);
    }

    private static PagedLlmEngineOptions Small() =>
        new()
        {
            Device = SkPaged.Engine.Cuda.EngineDevice.Cpu,
            KvBlocks = 64,
            MaxModelLength = 256,
            Threads = 1,
        };

    private void CopyModel()
    {
        var model = Repository.File("../shared/data/models/qwen3");
        Skip.IfNot(Directory.Exists(model), $"no reference data at {model}");
        foreach (var name in (string[])["config.json", "model.safetensors"])
            File.Copy(Path.Combine(model, name), Path.Combine(_folder, name));
        ByteTokenizer.WriteTo(_folder);
        File.WriteAllText(Path.Combine(_folder, "chat_template.jinja"), ChatMl.Template);
    }
}
