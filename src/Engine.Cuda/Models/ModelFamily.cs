namespace SkPaged.Engine.Cuda.Models;

/// <summary>The families of decoders that the engine runs; the name is the model's own.</summary>
public enum ModelFamily
{
    /// <summary>LlamaForCausalLM: Llama 2, Llama 3.x and many others of that form.</summary>
    Llama,

    /// <summary>MistralForCausalLM.</summary>
    Mistral,

    /// <summary>Qwen2ForCausalLM: Qwen2 and Qwen2.5.</summary>
    Qwen2,

    /// <summary>Qwen3ForCausalLM.</summary>
    Qwen3,
}
