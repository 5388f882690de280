using System.Collections.Immutable;

namespace SkPaged.Engine.Cuda.Native;

/// <summary>
/// Why the native library was left alone: it is not the one that is known to be safe to change.
/// </summary>
internal abstract record PatchRefusal
{
    private PatchRefusal()
    {
    }

    public sealed record NotReadable(ElfFault Fault) : PatchRefusal;

    public sealed record NotOneNeed(int Found) : PatchRefusal;

    public sealed record UnexpectedFlags(ushort Flags) : PatchRefusal;

    public sealed record OtherSymbols(ImmutableArray<string> Names) : PatchRefusal;

    public sealed record SymbolIsUsed(string Name, int Uses) : PatchRefusal;

    public sealed override string ToString() => this switch
    {
        NotReadable { Fault: var fault } => $"not a readable ELF library ({fault})",
        NotOneNeed { Found: var found } =>
            $"it asks {found} times, not once, for {LibTorchPatch.Version}",
        UnexpectedFlags { Flags: var flags } =>
            $"its need of {LibTorchPatch.Version} has the flags {flags}, not 0",
        OtherSymbols { Names: var names } =>
            $"{LibTorchPatch.Version} is bound to {names.Length} symbols"
            + $" ({string.Join(", ", names.Take(3))}), not only to {LibTorchPatch.UnusedSymbol}",
        SymbolIsUsed { Name: var name, Uses: var uses } =>
            $"its code refers to {name} {uses} times",
        _ => GetType().Name,
    };
}
