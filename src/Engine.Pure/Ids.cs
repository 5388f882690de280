namespace SkPaged.Engine.Pure;

/// <summary>A request as its caller knows it: unique within one engine.</summary>
/// <param name="Value">Any number; the engine loop counts up from 0.</param>
public readonly record struct RequestId(long Value)
{
    /// <inheritdoc/>
    public override string ToString() => $"request {Value}";
}

/// <summary>A sequence of tokens that grows together with its KV cache.</summary>
/// <param name="Value">Counts up from 0 in order of arrival.</param>
public readonly record struct SequenceId(long Value)
{
    /// <inheritdoc/>
    public override string ToString() => $"sequence {Value}";
}

/// <summary>A physical block of the KV cache.</summary>
/// <param name="Value">0 .. <see cref="SchedulerConfig.BlocksTotal"/> - 1.</param>
public readonly record struct BlockId(int Value)
{
    /// <inheritdoc/>
    public override string ToString() => $"block {Value}";
}

/// <summary>A block in the host's memory, where swapped sequences wait.</summary>
/// <param name="Value">0 .. <see cref="SchedulerConfig.HostBlocksTotal"/> - 1.</param>
public readonly record struct HostBlockId(int Value)
{
    /// <inheritdoc/>
    public override string ToString() => $"host block {Value}";
}

/// <summary>An entry of the model's vocabulary.</summary>
/// <param name="Value">0 .. <see cref="SchedulerConfig.VocabularySize"/> - 1.</param>
public readonly record struct TokenId(int Value)
{
    /// <inheritdoc/>
    public override string ToString() => $"token {Value}";
}

/// <summary>One step of the engine: a plan, its execution and its result.</summary>
/// <param name="Value">Counts up from 0.</param>
public readonly record struct StepId(long Value)
{
    /// <inheritdoc/>
    public override string ToString() => $"step {Value}";
}
