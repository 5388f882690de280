using System.Runtime.ExceptionServices;
using SkPaged.Engine.Cuda.Native;

namespace SkPaged.Engine.Cuda.Kernels;

/// <summary>Compiles the engine's kernels for a device, or finds them compiled.</summary>
/// <param name="context">The device.</param>
/// <param name="cache">Where compiled ones are kept.</param>
internal sealed class KernelCompiler(CudaContext context, KernelCache cache)
{
    private readonly Target _target = Target.For(context.Capability, Nvrtc.Architectures());
    private readonly string _version = Nvrtc.Version().ToString();

    private int _compiled;

    /// <summary>Sources that this compiler has compiled, not found.</summary>
    public int Compiled => _compiled;

    /// <summary>All sources, by name, on as many threads as there are cores.</summary>
    /// <exception cref="KernelCompilationException">One does not compile.</exception>
    public IReadOnlyList<(string Name, byte[] Code)> CompileAll(KernelConstants constants)
    {
        var codes = new byte[KernelSources.Names.Length][];
        try
        {
            Parallel.For(0, codes.Length, i =>
                codes[i] = Compile(
                    KernelSources.Names[i], KernelSources.Read(KernelSources.Names[i]),
                    constants));
        }
        catch (AggregateException all)
        {
            ExceptionDispatchInfo.Throw(all.InnerException!);
        }
        return [.. KernelSources.Names.Zip(codes)];
    }

    /// <summary>One source.</summary>
    /// <exception cref="KernelCompilationException">It does not compile.</exception>
    public byte[] Compile(string name, string source, KernelConstants constants)
    {
        var text = constants.Header + source;
        var key = KernelCache.Key(
        [
            _version, .. _target.Options, text,
            .. KernelSources.Headers.SelectMany(header => (string[])[header.Key, header.Value]),
        ]);
        if (cache.Find(key) is { } kept)
            return kept;
        var code = Nvrtc.Compile(
            name, text, KernelSources.Headers, _target.Options, _target.IsMachineCode);
        Interlocked.Increment(ref _compiled);
        cache.Keep(key, code);
        return code;
    }

    /// <summary>Compiled code as a module of the device.</summary>
    public CudaModule Load(byte[] code) => CudaModule.Load(context, code);

    /// <summary>What is compiled for.</summary>
    /// <param name="Architecture">As NVRTC names it.</param>
    /// <param name="IsMachineCode">
    /// Otherwise the device is newer than the compiler, and the driver compiles the rest.
    /// </param>
    internal sealed record Target(string Architecture, bool IsMachineCode)
    {
        public string[] Options => [$"--gpu-architecture={Architecture}", "--std=c++17"];

        /// <param name="capability">The device's.</param>
        /// <param name="supported">The compiler's, ascending.</param>
        /// <exception cref="DeviceUnavailableException">It knows none that would run.</exception>
        public static Target For(int capability, IReadOnlyList<int> supported)
        {
            if (supported.Contains(capability))
                // Hopper's own instructions are of this architecture alone.
                return new(capability == 90 ? "sm_90a" : $"sm_{capability}", true);
            var older = supported.Where(each => each < capability).DefaultIfEmpty(0).Max();
            return older > 0
                ? new($"compute_{older}", false)
                : throw new DeviceUnavailableException(
                    "The NVRTC that was found compiles for compute capabilities "
                    + $"{Dotted(supported)}, and none of them for a device of "
                    + $"{Dotted([capability])}.");
        }

        private static string Dotted(IEnumerable<int> capabilities) =>
            string.Join(", ", capabilities.Select(each => $"{each / 10}.{each % 10}"));
    }
}
