using System.Reflection;
using SkPaged.Connector.Embedded;

namespace SkPaged.Connector;

/// <summary>The model that comes inside this assembly, as files.</summary>
public static class EmbeddedModel
{
    /// <summary>What the embedded model is called.</summary>
    public const string ModelId = "skpaged-tiny";

    private const string Prefix = "model/";

    /// <summary>Puts the model into the user's cache, if it is not there whole.</summary>
    /// <returns>The folder.</returns>
    /// <exception cref="ModelFolderException">
    /// This assembly was built without the model.
    /// </exception>
    /// <exception cref="IOException">The cache folder cannot be written.</exception>
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
