namespace SkPaged.TinyModel.Bpe;

/// <summary>Two pieces that become one, in byte letters.</summary>
public readonly record struct Merge(string Left, string Right)
{
    /// <summary>The piece that they become.</summary>
    public string Joined => Left + Right;
}
