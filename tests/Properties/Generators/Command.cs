using SkPaged.Engine.Pure;

namespace SkPaged.Properties.Generators;

/// <summary>
/// What a workload asks for, said so that it means something in every state: the driver turns it
/// into an event that fits the moment. So any command can be removed and the rest still replays,
/// which is what makes shrinking work.
/// </summary>
public abstract record Command
{
    private Command()
    {
    }

    /// <summary>A valid request; whether it can be served depends on the configuration.</summary>
    /// <param name="PromptTokens">Length of the prompt.</param>
    /// <param name="Stop">When it ends; its end tokens are the ids 0 .. EndTokens - 1.</param>
    /// <param name="Text">Decides the prompt's tokens: those of one text begin alike.</param>
    /// <param name="CacheSalt">With whom it shares what is cached.</param>
    public sealed record Submit(
        int PromptTokens, Ending Stop, int Text, string? CacheSalt = null) : Command
    {
        /// <summary>Samples that the caller gets.</summary>
        public int Samples { get; init; } = 1;

        /// <summary>Samples that are drawn; null = as many.</summary>
        public int? BestOf { get; init; }

        /// <summary>How beams are searched; null = none are.</summary>
        public BeamParams? Beams { get; init; }

        /// <summary>Where the policy is priority, else 0.</summary>
        public int Priority { get; init; }

        /// <summary>Who asks.</summary>
        public string? Tenant { get; init; }
    }

    /// <summary>A request that must be rejected.</summary>
    public sealed record SubmitFlawed(Flaw Flaw, int Excess) : Command;

    /// <summary>A valid request under an id that was used before, finished or not.</summary>
    public sealed record SubmitAgain(int Nth, int PromptTokens) : Command;

    /// <summary>
    /// Ends the request of the nth unfinished sequence, counted around; nothing when there is none.
    /// </summary>
    public sealed record Cancel(int Nth, FinishReason Reason) : Command
    {
        /// <summary>Whether only the nth sequence's sample ends.</summary>
        public bool IsAlone { get; init; }
    }

    /// <summary>Ends a request that was never seen, or is finished.</summary>
    public sealed record CancelUnknown(int Nth) : Command;

    /// <summary>The executor's next move: it answers the step in flight, or wants a step.</summary>
    public sealed record Advance : Command;

    /// <summary>A step is wanted, in flight or not.</summary>
    public sealed record WantStep : Command;

    /// <summary>The step in flight fails.</summary>
    public sealed record Fail : Command;

    /// <summary>The step in flight is answered with too few (-1) or too many (+1) tokens.</summary>
    public sealed record Miscount(int Excess) : Command;

    /// <summary>An answer for a step that is not in flight.</summary>
    /// <param name="Away">Its distance from the step in flight, not 0.</param>
    /// <param name="Failed">Whether that step failed.</param>
    public sealed record Stale(int Away, bool Failed) : Command;
}

/// <summary>When a generated request ends.</summary>
public readonly record struct Ending(int MaxTokens, int MinTokens, int EndTokens);

/// <summary>What is wrong with a request.</summary>
public enum Flaw
{
    PromptMissing,
    PromptEmpty,
    PromptBeyondModel,
    PromptBeyondPool,
    TokenNegative,
    TokenBeyondVocabulary,
    ParametersInvalid,
    PriorityUnasked,
}
