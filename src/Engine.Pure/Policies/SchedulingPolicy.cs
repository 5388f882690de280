namespace SkPaged.Engine.Pure;

/// <summary>
/// Who goes first: an order over sequences. Those running get their tokens in this order and the
/// last of them is the first to give way; those waiting start in it, and nobody else is tried
/// while the first of them does not fit. A newcomer never takes blocks from anybody.
/// </summary>
public enum SchedulingPolicy
{
    /// <summary>By arrival.</summary>
    FirstComeFirstServed,

    /// <summary>
    /// By <see cref="Request.Priority"/>, lower first; of equals by arrival. The last may wait for
    /// ever while others keep coming.
    /// </summary>
    Priority,

    /// <summary>
    /// Those running by arrival. Those that gave way come back before anybody new, by arrival. Of
    /// the new, the tenant that was served least goes next, and within a tenant by arrival.
    /// </summary>
    /// <remarks>
    /// Service is a prompt's computed tokens, when it starts, times
    /// <see cref="SchedulerConfig.PromptTokenWeight"/>, and each token of output times
    /// <see cref="SchedulerConfig.OutputTokenWeight"/>. Let a tenant's U be that of its longest
    /// prompt and of the longest outputs of as many of its samples as may run at once. As long as
    /// two tenants have new requests waiting, what one is served more than the other in that time
    /// is at most the sum of their U. Source: the virtual token counter of Sheng et al., "Fairness
    /// in Serving Large Language Models", OSDI '24.
    /// <para>
    /// Output is what is told. A beam search computes up to its width times as much, and one that
    /// is cancelled has told nothing: who must bound what a tenant computes limits beam_width.
    /// </para>
    /// </remarks>
    FairShare,
}
