namespace SkPaged.Engine.Pure;

/// <summary>Why a sequence ended.</summary>
public enum FinishReason
{
    /// <summary>An end token was drawn, or the text layer met a stop string.</summary>
    Stop,

    /// <summary>
    /// The token limit, the model's length or the whole pool was reached; by a beam its share of
    /// the pool, see <see cref="BeamParams.Width"/>.
    /// </summary>
    Length,

    /// <summary>The caller gave it up.</summary>
    Abort,

    /// <summary>The step that ran it failed.</summary>
    Error,
}
