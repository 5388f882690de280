using SkPaged.Engine.Pure;
using Xunit;

namespace SkPaged.Properties.Examples;

/// <summary>Values as logs show them, and as tests and callers compare them.</summary>
public class ValuesAsTold
{
    [Fact]
    public void An_id_says_whose_it_is() =>
        Assert.Equal(
            ["request 1", "sequence 2", "block 3", "host block 4", "token 5", "step 6"],
            new object[]
            {
                new RequestId(1), new SequenceId(2), new BlockId(3), new HostBlockId(4),
                new TokenId(5), new StepId(6),
            }.Select(id => id.ToString()));

    [Fact]
    public void Choices_are_equal_that_name_the_same_samples_of_the_same_request()
    {
        var choice = new Decision.Choose(new RequestId(1), [0, 2]);
        Assert.Equal(new Decision.Choose(new RequestId(1), [0, 2]), choice);
        Assert.NotEqual(new Decision.Choose(new RequestId(2), [0, 2]), choice);
        Assert.NotEqual(new Decision.Choose(new RequestId(1), [2, 0]), choice);
        Assert.False(choice.Equals(null));
    }

    [Fact]
    public void Rejections_are_equal_that_tell_the_same_errors()
    {
        static Rejection.ParametersInvalid Of(string name) =>
            new([new ParameterError(name, "-1", "0 or more")]);
        Assert.Equal(Of("top_k"), Of("top_k"));
        Assert.NotEqual(Of("top_k"), Of("n"));
        Assert.False(Of("top_k").Equals(null));
    }

    [Fact]
    public void The_utilisation_of_the_cache_is_the_share_of_slots_with_a_token_over_all_steps()
    {
        Assert.Equal(1, new SchedulerStats().KvUtilisation);
        Assert.Equal(0.75, new SchedulerStats { TokenSteps = 6, SlotSteps = 8 }.KvUtilisation);
    }

    [Fact]
    public void An_edit_that_has_ended_says_so()
    {
        var thrown = Assert.Throws<InvalidOperationException>(() =>
        {
            var edit = PersistentVector<int>.Create(1, index => index).Edit();
            edit.Freeze();
            edit[0] = 1;
        });
        Assert.Equal("The edit has ended.", thrown.Message);
    }
}
