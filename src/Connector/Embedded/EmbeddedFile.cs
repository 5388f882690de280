using System.Security.Cryptography;

namespace SkPaged.Connector.Embedded;

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
