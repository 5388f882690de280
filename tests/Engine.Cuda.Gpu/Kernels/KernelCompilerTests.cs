using SkPaged.Engine.Cuda.Kernels;
using SkPaged.Engine.Cuda.Native;
using Xunit;
using static TorchSharp.torch;

namespace SkPaged.Engine.Cuda.Gpu.Tests.Kernels;

public class KernelCompilerTests
{
    private static readonly KernelConstants _sizes = new(ScalarType.Float32, 64, 4, 2, 16);

    [SkippableFact]
    public void What_was_compiled_once_is_found_the_next_time()
    {
        using var folder = new Scratch();
        using var context = Open();
        var first = new KernelCompiler(context, new(folder.Path));
        var codes = first.CompileAll(_sizes);
        Assert.Equal(KernelSources.Names.Length, first.Compiled);
        var second = new KernelCompiler(context, new(folder.Path));
        Assert.Equal(
            codes.Select(each => each.Code),
            second.CompileAll(_sizes).Select(each => each.Code));
        Assert.Equal(0, second.Compiled);
        _ = second.CompileAll(_sizes with { BlockSize = 8 });
        Assert.Equal(KernelSources.Names.Length, second.Compiled);
    }

    [SkippableFact]
    public void A_kernel_that_does_not_compile_shows_the_compilers_log()
    {
        using var context = Open();
        var compiler = new KernelCompiler(context, new(null));
        var error = Assert.Throws<KernelCompilationException>(() => compiler.Compile(
            "broken.cu", "extern \"C\" __global__ void f() { undeclared = 1; }", _sizes));
        Assert.Contains("broken.cu does not compile", error.Message, StringComparison.Ordinal);
        Assert.Contains("undeclared", error.Log, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void A_kernel_that_is_not_there_is_named()
    {
        using var context = Open();
        var compiler = new KernelCompiler(context, new(null));
        using var module = compiler.Load(compiler.Compile(
            "empty.cu", "#include \"common.cuh\"\nextern \"C\" __global__ void f() {}", _sizes));
        var error = Assert.Throws<CudaException>(() => new Kernel(module, "g", 32));
        Assert.Contains("of g failed", error.Message, StringComparison.Ordinal);
        Assert.False(error.IsFatal);
    }

    [SkippableTheory]
    [InlineData(80)]
    [InlineData(86)]
    [InlineData(89)]
    [InlineData(100)]
    public void Kernels_compile_for_devices_that_are_not_here(int capability)
    {
        using var context = Open();
        Skip.IfNot(
            Nvrtc.Architectures().Contains(capability), $"NVRTC does not know {capability}");
        var target = KernelCompiler.Target.For(capability, Nvrtc.Architectures());
        Assert.True(target.IsMachineCode);
        foreach (var sizes in (KernelConstants[])
            [
                new(ScalarType.BFloat16, 128, 32, 8, 16), new(ScalarType.Float16, 64, 14, 2, 16),
                new(ScalarType.Float16, 256, 4, 2, 16), new(ScalarType.Float32, 80, 8, 4, 32),
            ])
            Parallel.ForEach(KernelSources.Names, name => Assert.NotEmpty(Nvrtc.Compile(
                name, sizes.Header + KernelSources.Read(name), KernelSources.Headers,
                target.Options, target.IsMachineCode)));
    }

    private static CudaContext Open()
    {
        _ = Gpu.Device();
        return CudaContext.Open(0);
    }

    private sealed class Scratch : IDisposable
    {
        public string Path { get; } = Directory.CreateTempSubdirectory("skpaged").FullName;

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }
}
