using System.Collections.Immutable;
using TorchSharp;
using static TorchSharp.torch;

namespace SkPaged.Engine.Cuda.Weights;

/// <summary>
/// The weights of a model folder: one <c>model.safetensors</c>, or shards with their index.
/// </summary>
/// <remarks>Reading is safe from several threads at once; disposing is for when they are
/// done.</remarks>
public sealed class WeightFiles : IDisposable
{
    /// <summary>The file of an unsharded model.</summary>
    public const string SingleFile = "model.safetensors";

    /// <summary>The index of a sharded model.</summary>
    public const string IndexFile = "model.safetensors.index.json";

    private readonly string _folder;

    private readonly ImmutableArray<SafeTensorsFile> _files;

    private readonly ImmutableDictionary<string, Located> _tensors;

    private WeightFiles(
        string folder,
        ImmutableArray<SafeTensorsFile> files,
        ImmutableDictionary<string, Located> tensors) =>
        (_folder, _files, _tensors) = (folder, files, tensors);

    /// <summary>The names of all tensors, in ordinal order.</summary>
    public IEnumerable<string> Names => _tensors.Keys.Order(StringComparer.Ordinal);

    /// <summary>Bytes of all tensors, in the types of the files.</summary>
    public long TotalBytes => _tensors.Values.Sum(tensor => tensor.Entry.Size);

    /// <summary>Opens and checks all files; the data is read by the loads.</summary>
    /// <param name="folder">The model's folder.</param>
    /// <exception cref="ModelFileException">
    /// There are no weights, a shard is missing, a header is corrupt, or a shard lacks a tensor of
    /// the index.
    /// </exception>
    public static WeightFiles Open(string folder)
    {
        var single = Path.Combine(folder, SingleFile);
        if (File.Exists(single))
        {
            var file = SafeTensorsFile.Open(single);
            return new(
                folder, [file], file.Header.Entries.ToImmutableDictionary(
                    tensor => tensor.Key, tensor => new Located(file, tensor.Value)));
        }
        var index = Path.Combine(folder, IndexFile);
        return File.Exists(index)
            ? OpenShards(folder, index)
            : throw new ModelFileException(
                folder, null, $"has neither {SingleFile} nor {IndexFile}");
    }

    /// <summary>Whether there is a tensor of this name.</summary>
    public bool Contains(string name) => _tensors.ContainsKey(name);

    /// <summary>The sizes of a tensor's dimensions.</summary>
    /// <exception cref="ModelFileException">There is none of this name.</exception>
    public ImmutableArray<long> Shape(string name) => Find(name).Entry.Shape;

    /// <summary>The type that a tensor has in its file.</summary>
    /// <exception cref="ModelFileException">
    /// There is none of this name, or its type is one that the engine does not read.
    /// </exception>
    public ScalarType DType(string name) => Readable(Find(name)).Entry.Type.Torch!.Value;

    /// <summary>A new tensor with a tensor's data; the caller owns it.</summary>
    /// <param name="name">The tensor.</param>
    /// <param name="dtype">The type to convert to.</param>
    /// <param name="device">Where to; null for the CPU.</param>
    /// <exception cref="ModelFileException">
    /// There is none of this name, its type is one that the engine does not read, or it has whole
    /// numbers where others are asked for.
    /// </exception>
    public Tensor Load(string name, ScalarType dtype, Device? device = null)
    {
        var (file, entry) = Convertible(Find(name), dtype);
        var tensor = empty([.. entry.Shape], dtype: dtype, device: device ?? CPU);
        try
        {
            TensorCopy.Fill(tensor, file, entry);
            return tensor;
        }
        catch
        {
            tensor.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Fills a tensor, or the view of a part of one, with a tensor's data: how several projections
    /// become one without a copy of each. Type and device are the destination's.
    /// </summary>
    /// <param name="name">The tensor.</param>
    /// <param name="destination">Of the same shape; any type, device and stride.</param>
    /// <exception cref="ModelFileException">
    /// There is none of this name, its shape is another, or its type is one that the engine does
    /// not read. The destination is as it was.
    /// </exception>
    public void LoadInto(string name, Tensor destination)
    {
        var (file, entry) = Convertible(Find(name), destination.dtype);
        if (!entry.Shape.AsSpan().SequenceEqual(destination.shape))
            throw new ModelFileException(
                file.Path, name,
                $"its shape is [{string.Join(", ", entry.Shape)}],"
                + $" but the model needs [{string.Join(", ", destination.shape)}]");
        TensorCopy.Fill(destination, file, entry);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var file in _files)
            file.Dispose();
    }

    private static WeightFiles OpenShards(string folder, string index)
    {
        var map = ShardIndex.Parse(index, File.ReadAllBytes(index));
        var files = new Dictionary<string, SafeTensorsFile>();
        try
        {
            foreach (var name in map.Values.Distinct().Order(StringComparer.Ordinal))
                files.Add(name, OpenShard(folder, name));
            return new(
                folder,
                [.. files.Values],
                map.ToImmutableDictionary(
                    tensor => tensor.Key, tensor => InShard(files[tensor.Value], tensor.Key)));
        }
        catch
        {
            foreach (var file in files.Values)
                file.Dispose();
            throw;
        }
    }

    private static SafeTensorsFile OpenShard(string folder, string name)
    {
        var path = Path.Combine(folder, name);
        return File.Exists(path)
            ? SafeTensorsFile.Open(path)
            : throw new ModelFileException(
                path, null, $"is missing; {IndexFile} says that it holds tensors");
    }

    private static Located InShard(SafeTensorsFile file, string tensor) =>
        file.Header.Entries.TryGetValue(tensor, out var entry)
            ? new(file, entry)
            : throw new ModelFileException(
                file.Path, tensor, $"is not in the file, though {IndexFile} says so");

    private Located Find(string name) =>
        _tensors.TryGetValue(name, out var tensor)
            ? tensor
            : throw new ModelFileException(_folder, name, "is missing from the weights");

    private static Located Readable(Located tensor) =>
        tensor.Entry.Type.Torch is not null ? tensor : throw Unsupported(tensor);

    // Whole numbers where a model has weights are quantised ones: without their scales, noise.
    private static Located Convertible(Located tensor, ScalarType to) =>
        torch.is_floating_point(Readable(tensor).Entry.Type.Torch!.Value)
            || !torch.is_floating_point(to)
            ? tensor
            : throw Unsupported(tensor);

    private static ModelFileException Unsupported(Located tensor) =>
        new(
            tensor.File.Path, tensor.Entry.Name,
            $"its dtype {tensor.Entry.Type.Name} is not supported;"
            + " supported are F32, BF16, F16 and F64");

    private sealed record Located(SafeTensorsFile File, SafeTensorEntry Entry);
}
