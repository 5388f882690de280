using SkPaged.Engine.Cuda.Native;
using TorchSharp;
using Xunit;

namespace SkPaged.Engine.Cuda.Tests.Native;

public sealed class LibTorchTests
{
    [Fact]
    public void After_load_torch_computes()
    {
        LibTorch.Load();
        using var ones = torch.ones(2, 2);
        using var sum = ones.sum();
        Assert.Equal(4, sum.item<float>());
    }
}
