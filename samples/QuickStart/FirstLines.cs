using Microsoft.SemanticKernel;

namespace SkPaged.QuickStart;

/// <summary>The README's first lines, compiled.</summary>
internal static class FirstLines
{
    public static Kernel Build()
    {
        #region kernel
        var builder = Kernel.CreateBuilder();
        builder.AddPagedLlmChatCompletion();              // the embedded model, on any machine
        // builder.AddPagedLlmChatCompletion("/models/Qwen3-8B");   or any Hugging Face folder
        var kernel = builder.Build();
        #endregion
        return kernel;
    }
}
