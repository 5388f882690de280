using System.Text.Json;
using System.Text.Json.Nodes;
using SkPaged.Engine.Cuda.Models;
using SkPaged.Engine.Cuda.Weights;
using SkPaged.TinyModel.Bpe;
using SkPaged.TinyModel.Chat;
using TorchSharp;
using static TorchSharp.torch;

namespace SkPaged.TinyModel.Training;

/// <summary>Writes and reads the model as a Hugging Face folder.</summary>
public static class ModelFolder
{
    private const string TokenizerName = "tokenizer.json";
    private const string ConfigName = "config.json";

    private static readonly JsonSerializerOptions Readable = new()
    {
        WriteIndented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Writes the tokenizer alone, with its chat template.</summary>
    public static void WriteTokenizer(string folder, Vocabulary vocabulary)
    {
        Directory.CreateDirectory(folder);
        TokenizerFile.Write(Path.Combine(folder, TokenizerName), vocabulary);
        WriteJson(folder, "tokenizer_config.json", new()
        {
            ["add_prefix_space"] = false,
            ["bos_token"] = null,
            ["chat_template"] = ChatRenderer.Template,
            ["clean_up_tokenization_spaces"] = false,
            ["eos_token"] = SpecialTokens.EndOfMessage,
            ["model_max_length"] = TinyShape.Shipped(0).Positions,
            ["pad_token"] = SpecialTokens.EndOfText,
            ["tokenizer_class"] = "PreTrainedTokenizerFast",
            ["unk_token"] = null,
        });
    }

    /// <summary>Reads the tokenizer's vocabulary.</summary>
    public static Vocabulary ReadTokenizer(string folder) => TokenizerFile.Read(Path.Combine(folder, TokenizerName));

    /// <summary>Writes the weights in bfloat16, and how to build and run the model.</summary>
    public static void WriteModel(string folder, TinyShape shape, Vocabulary vocabulary, Parameters parameters)
    {
        Directory.CreateDirectory(folder);
        var (stop, padding) = (vocabulary.Id(SpecialTokens.EndOfMessage), vocabulary.Id(SpecialTokens.EndOfText));
        WriteJson(folder, ConfigName, shape.Config(stop, padding));
        WriteJson(folder, "generation_config.json", new()
        {
            ["eos_token_id"] = new JsonArray(stop, padding),
            ["pad_token_id"] = padding,
            ["do_sample"] = false,
        });
        using var scope = NewDisposeScope();
        SafeTensorsWriter.Write(
            Path.Combine(folder, WeightFiles.SingleFile), [.. parameters.Named()], ScalarType.BFloat16);
    }

    /// <summary>Reads the model's shape.</summary>
    public static TinyShape ReadShape(string folder)
    {
        var config = ModelConfig.Read(Path.Combine(folder, ConfigName));
        return new(config.VocabularySize, config.Layers, config.HiddenSize, config.QueryHeads,
            config.KeyValueHeads, config.HeadDim, config.IntermediateSize, config.MaxPositions);
    }

    /// <summary>Reads the weights.</summary>
    public static Parameters ReadWeights(string folder, TinyShape shape, Device device)
    {
        using var files = WeightFiles.Open(folder);
        return Parameters.Read(shape, device, name => files.Load(name, ScalarType.Float32));
    }

    private static void WriteJson(string folder, string name, JsonObject content) =>
        File.WriteAllText(Path.Combine(folder, name), content.ToJsonString(Readable) + "\n");
}
