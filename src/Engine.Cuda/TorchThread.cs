using static TorchSharp.torch;

namespace SkPaged.Engine.Cuda;

/// <summary>A thread's settings of torch, for as long as this lives.</summary>
internal sealed class TorchThread : IDisposable
{
    private readonly IDisposable _inference;

    /// <param name="threads">How many threads torch may use for a call from this one.</param>
    public TorchThread(int threads)
    {
        set_num_threads(threads);
        _inference = inference_mode();
    }

    /// <inheritdoc/>
    public void Dispose() => _inference.Dispose();
}
