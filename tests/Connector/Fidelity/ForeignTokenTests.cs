using System.Collections.Immutable;
using Microsoft.Extensions.AI;
using SkPaged.Connector.Requests;
using SkPaged.Connector.Tests.Scripted;
using SkPaged.Engine.Pure;
using Xunit;

namespace SkPaged.Connector.Tests.Fidelity;

/// <summary>
/// Messages come from callers, and with them tokens that may be no model's, or another model's.
/// Such a message is rendered from what it says: the request is answered, and no step sees the
/// tokens.
/// </summary>
public sealed class ForeignTokenTests
{
    private static readonly ChatMessage[] Asked = [new(ChatRole.User, "?")];

    public static TheoryData<int> Outside =>
        [-1, int.MinValue, ByteTokenizer.VocabularySize, int.MaxValue];

    // Even where whoever made the message has made its digests, too.
    [Theory]
    [MemberData(nameof(Outside))]
    public async Task Tokens_outside_the_vocabulary_are_passed_over(int id)
    {
        await using var engine = ScriptedEngine.Create(_ => "Yes.");
        var answer = (await engine.Client.GetResponseAsync(Asked)).Messages[0];
        Carry(answer, Forged(answer, turn => [.. turn.Tokens, new TokenId(id)]));
        await Same(engine, answer);
    }

    // The rule is about them alone: a token that the model has is taken at its word.
    [Fact]
    public async Task The_last_token_of_the_vocabulary_is_not_outside()
    {
        await using var engine = ScriptedEngine.Create(_ => "Yes.");
        var answer = (await engine.Client.GetResponseAsync(Asked)).Messages[0];
        var last = new TokenId(ByteTokenizer.VocabularySize - 1);
        Carry(answer, Forged(answer, turn => [.. turn.Tokens, last]));
        Assert.Contains(last, Prompts.Tokens([.. Asked, answer, new(ChatRole.User, "!")]));
    }

    // Another model spells the same text in other tokens, which spell something else here.
    [Fact]
    public async Task Tokens_of_another_model_are_passed_over()
    {
        await using var engine = ScriptedEngine.Create(_ => "Yes.");
        var answer = (await engine.Client.GetResponseAsync(Asked)).Messages[0];
        var turn = Carried(answer);
        Carry(answer, turn with
        {
            Tokens = [.. turn.Tokens.Select(token => new TokenId(token.Value + 1))],
        });
        await Same(engine, answer);
    }

    [Fact]
    public async Task Another_beginning_of_the_answer_is_passed_over()
    {
        await using var engine = ScriptedEngine.Create(_ => "Yes.");
        var answer = (await engine.Client.GetResponseAsync(Asked)).Messages[0];
        Carry(answer, Carried(answer) with { Opening = "No! " });
        await Same(engine, answer);
    }

    private static GeneratedTurn Carried(ChatMessage answer) =>
        GeneratedTurn.Read(answer.AdditionalProperties!["GeneratedTurn"])!;

    private static void Carry(ChatMessage answer, GeneratedTurn turn) =>
        answer.AdditionalProperties!["GeneratedTurn"] = turn.Write();

    private static GeneratedTurn Forged(
        ChatMessage answer, Func<GeneratedTurn, ImmutableArray<TokenId>> tokens)
    {
        var turn = Carried(answer);
        var other = tokens(turn);
        return turn with
        {
            Tokens = other,
            Digest = PromptEncoder.Digest(
                "", answer.Text, [], ByteTokenizer.Instance.Decode(other.AsSpan(), false)),
        };
    }

    // The prompt is that of the same message without tokens, and nothing stays taken.
    private static async Task Same(ScriptedEngine engine, ChatMessage answer)
    {
        ChatMessage[] next = [.. Asked, answer, new(ChatRole.User, "Sure?")];
        ChatMessage[] bare = [.. Asked, new(answer.Role, answer.Text), next[^1]];
        Assert.Equal("Yes.", (await engine.Client.GetResponseAsync(next)).Text);
        Assert.Equal(Prompts.Tokens(bare), engine.Executor.Prompts[^1]);
        Assert.Equal(0, engine.Engine.Snapshot.BlocksLive);
    }
}
