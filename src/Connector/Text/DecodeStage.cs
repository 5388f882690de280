namespace SkPaged.Connector.Text;

/// <summary>
/// One step from tokens back to text. Stages form a chain; each takes the tokens one by one, keeps
/// back what later tokens could still change, and hands the rest on. Decoding all at once is the
/// same chain fed to its end, so both agree by construction.
/// </summary>
internal abstract class DecodeStage
{
    /// <summary>Where the text goes; set when the chain is built.</summary>
    public DecodeStage Next { get; set; } = null!;

    /// <summary>
    /// Takes one token or, behind a stage that fuses, one more part of the only one.
    /// </summary>
    public abstract void Push(ReadOnlySpan<char> token);

    /// <summary>No more tokens: hands on what was kept back.</summary>
    public virtual void Finish() => Next.Finish();
}
