using SkPaged.Engine.Pure;
using Xunit;

namespace SkPaged.Properties.Examples;

/// <summary>Callers read these: each says the thing and the limit.</summary>
public class RejectionMessages
{
    [Fact]
    public void A_rejection_says_what_was_asked_and_what_may_be()
    {
        Says(new Rejection.PromptEmpty(), "The prompt has no tokens; at least 1 is needed.");
        Says(new Rejection.PromptTooLong(70, 63),
            "The prompt has 70 tokens; the model takes at most 63.");
        Says(new Rejection.PromptExceedsPool(70, 31, 8, 4),
            "The prompt has 70 tokens; the KV cache of 8 blocks of 4 tokens takes at most 31.");
        Says(new Rejection.PromptExceedsPool(70, 27, 8, 4) { BeamWidth = 2 },
            "The prompt has 70 tokens; the KV cache of 8 blocks of 4 tokens takes at most 27 "
            + "with beam_width 2.");
        Says(new Rejection.TokenOutsideVocabulary(3, new TokenId(99), 50),
            "The prompt's token 99 at position 3 is outside the vocabulary of 50.");
        Says(new Rejection.QueueFull(12, 12), "12 requests wait; the limit is 12.");
        Says(new Rejection.DuplicateId(new RequestId(5)),
            "There is an unfinished request 5 already.");
        Says(new Rejection.ParametersInvalid(
            [
                new ParameterError("top_p", "0", "above 0"),
                new ParameterError("top_k", "-1", "0 or more"),
            ]),
            "top_p is 0; it must be above 0. top_k is -1; it must be 0 or more.");
    }

    private static void Says(Rejection rejection, string message) =>
        Assert.Equal(message, rejection.Message);
}
