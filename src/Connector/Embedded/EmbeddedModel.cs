using System.Reflection;
using System.Security.Cryptography;

namespace SkPaged.Connector.Embedded;

/// <summary>The model that comes inside this assembly, as files.</summary>
internal static class EmbeddedModel
{
    /// <summary>What the embedded model is called.</summary>
    public const string ModelId = "skpaged-tiny";

    private const string Prefix = "model/";

    /// <summary>Puts the model into the user's cache, if it is not there whole.</summary>
    /// <returns>The folder.</returns>
    /// <exception cref="ModelFolderException">
    /// This assembly was built without the model.
    /// </exception>
    public static string Extract()
    {
        var assembly = typeof(EmbeddedModel).Assembly;
        var files = assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Select(name => new EmbeddedFile(name[Prefix.Length..], () => Open(assembly, name)))
            .ToList();
        return files.Count > 0
            ? FileExtraction.Extract(
                files,
                Path.Combine(UserCache.Folder(Environment.GetEnvironmentVariable), "models"))
            : throw new ModelFolderException(
                "This build has no embedded model; give the folder of a model instead.");
    }

    private static Stream Open(Assembly assembly, string name) =>
        assembly.GetManifestResourceStream(name)
        ?? throw new ModelFolderException($"The resource \"{name}\" is gone.");
}

/// <summary>A file that can be written again whenever it is needed.</summary>
/// <param name="Name">Its relative path.</param>
/// <param name="Open">Its content, from the start.</param>
internal sealed record EmbeddedFile(string Name, Func<Stream> Open)
{
    /// <summary>Adds name and content to a hash.</summary>
    public void AddTo(IncrementalHash hash)
    {
        using var content = Open();
        hash.AppendData(System.Text.Encoding.UTF8.GetBytes($"{Name}\0{content.Length}\0"));
        var buffer = new byte[1 << 16];
        while (content.Read(buffer) is > 0 and var count)
            hash.AppendData(buffer.AsSpan(0, count));
    }
}
