using Microsoft.SemanticKernel;
using Xunit;

namespace SkPaged.Connector.Tests.Outside;

/// <summary>
/// Prompts in YAML. Semantic Kernel's reader of them is a package of its own, which is not used
/// here; what reaches a connector is settings of the base type, whose scalars are texts, whatever
/// they look like, and whose lists are lists of objects. These are made by hand.
/// </summary>
[Collection(EmbeddedModel.Name)]
public sealed class YamlPromptTests(EmbeddedModel model)
{
    private readonly Harbour _harbour = new();

    [Fact]
    public async Task Settings_whose_scalars_are_texts_are_taken()
    {
        var function = Function(new()
        {
            ["max_tokens"] = "32",
            ["temperature"] = "0",
            ["top_k"] = "1",
            ["logprobs"] = "true",
            ["stop_sequences"] = new List<object> { " in", "7" },
            ["token_selection_biases"] = new Dictionary<object, object> { ["65"] = "-1" },
        });
        var answer = await function.InvokeAsync<ChatMessageContent>(
            model.Kernel(), new() { ["cafe"] = "Blue Anchor" });
        var result = Assert.IsType<PagedLlmResult>(answer!.InnerContent);
        Assert.Equal("7", result.StopString);
        Assert.NotEmpty(result.LogProbabilities);
    }

    [Fact]
    public async Task A_text_that_is_no_number_is_named()
    {
        var function = Function(new() { ["max_tokens"] = "many", ["temperature"] = "hot" });
        var error = await Assert.ThrowsAsync<ChatOptionsException>(
            () => function.InvokeAsync(model.Kernel(), new() { ["cafe"] = "Blue Anchor" }));
        Assert.Contains("max_tokens", error.Message);
        Assert.Contains("temperature", error.Message);
    }

    [Theory]
    [InlineData("auto")]
    [InlineData("required")]
    [InlineData("none")]
    public async Task A_choice_of_functions_goes_with_them(string type)
    {
        var function = Function(
            new() { ["max_tokens"] = "96" },
            "When does the ferry to {{$cafe}} leave?",
            type switch
            {
                "auto" => FunctionChoiceBehavior.Auto(),
                "required" => FunctionChoiceBehavior.Required(),
                _ => FunctionChoiceBehavior.None(),
            });
        await function.InvokeAsync(model.Kernel(_harbour), new() { ["cafe"] = "Skarvik" });
        Assert.Equal(
            type == "none" ? [] : ["GetDepartureTime Skarvik"], _harbour.Calls);
    }

    private static KernelFunction Function(
        Dictionary<string, object> data,
        string template = "The {{$cafe}} opens at 7:30. When does the {{$cafe}} open?",
        FunctionChoiceBehavior? behavior = null) =>
        KernelFunctionFactory.CreateFromPrompt(new PromptTemplateConfig(template)
        {
            ExecutionSettings = new()
            {
                ["default"] = new PromptExecutionSettings
                {
                    ExtensionData = data,
                    FunctionChoiceBehavior = behavior,
                },
            },
        });
}
