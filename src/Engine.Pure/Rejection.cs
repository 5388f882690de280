using System.Collections.Immutable;

namespace SkPaged.Engine.Pure;

/// <summary>Why a request is not taken in. Nothing was allocated for it.</summary>
public abstract record Rejection
{
    private Rejection()
    {
    }

    /// <summary>The thing and the limit, in one sentence.</summary>
    public abstract string Message { get; }

    /// <summary>There is nothing to continue.</summary>
    public sealed record PromptEmpty : Rejection
    {
        /// <inheritdoc/>
        public override string Message => "The prompt has no tokens; at least 1 is needed.";
    }

    /// <summary>The prompt and one token of output exceed the model's length.</summary>
    /// <param name="Tokens">Tokens of the prompt.</param>
    /// <param name="Max">The longest prompt that the model can continue.</param>
    public sealed record PromptTooLong(int Tokens, int Max) : Rejection
    {
        /// <inheritdoc/>
        public override string Message =>
            $"The prompt has {Tokens} tokens; the model takes at most {Max}.";
    }

    /// <summary>
    /// The prompt and one token of output, or one of each beam, exceed the whole KV cache.
    /// </summary>
    /// <param name="Tokens">Tokens of the prompt.</param>
    /// <param name="Max">The longest prompt that the KV cache can hold.</param>
    /// <param name="Blocks">Blocks of the whole pool.</param>
    /// <param name="BlockSize">Tokens a block holds.</param>
    public sealed record PromptExceedsPool(int Tokens, int Max, int Blocks, int BlockSize)
        : Rejection
    {
        /// <summary>
        /// Beams of the search, each of which needs a block beside the prompt's full ones; null,
        /// the default, = it is none.
        /// </summary>
        public int? BeamWidth { get; init; }

        /// <inheritdoc/>
        public override string Message =>
            $"The prompt has {Tokens} tokens; the KV cache of {Blocks} blocks "
            + $"of {BlockSize} tokens takes at most {Max}"
            + (BeamWidth is { } width ? $" with beam_width {width}." : ".");
    }

    /// <summary>A prompt token is outside the vocabulary.</summary>
    /// <param name="Position">Its place in the prompt, from 0.</param>
    /// <param name="Token">The token.</param>
    /// <param name="VocabularySize">Tokens of the vocabulary.</param>
    public sealed record TokenOutsideVocabulary(int Position, TokenId Token, int VocabularySize)
        : Rejection
    {
        /// <inheritdoc/>
        public override string Message =>
            $"The prompt's token {Token.Value} at position {Position} is outside the vocabulary "
            + $"of {VocabularySize}.";
    }

    /// <summary>Sampling or stop values out of range or in conflict: all of them.</summary>
    public sealed record ParametersInvalid(ImmutableArray<ParameterError> Errors) : Rejection
    {
        /// <inheritdoc/>
        public override string Message => string.Join(" ", Errors.Select(error => error.Message));

        /// <inheritdoc/>
        public bool Equals(ParametersInvalid? other) =>
            other is not null && Errors.SequenceEqual(other.Errors);

        /// <inheritdoc/>
        public override int GetHashCode() => Errors.Length;
    }

    /// <summary>As many requests wait as may.</summary>
    /// <param name="Waiting">Requests that wait.</param>
    /// <param name="Max">The configured limit.</param>
    public sealed record QueueFull(int Waiting, int Max) : Rejection
    {
        /// <inheritdoc/>
        public override string Message => $"{Waiting} requests wait; the limit is {Max}.";
    }

    /// <summary>A request with this id is not finished.</summary>
    public sealed record DuplicateId(RequestId Id) : Rejection
    {
        /// <inheritdoc/>
        public override string Message => $"There is an unfinished {Id} already.";
    }
}

/// <summary>A value that cannot be taken.</summary>
/// <param name="Name">The parameter.</param>
/// <param name="Value">What it was.</param>
/// <param name="Expected">What it may be.</param>
public readonly record struct ParameterError(string Name, string Value, string Expected)
{
    /// <summary>The thing and the limit, in one sentence.</summary>
    public string Message => $"{Name} is {Value}; it must be {Expected}.";
}
