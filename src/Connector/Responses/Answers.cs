using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace SkPaged.Connector.Responses;

/// <summary>
/// An answer that was asked for -> the abstractions' types, whole or as it comes.
/// </summary>
internal static class Answers
{
    /// <summary>All of it: a message for each choice.</summary>
    /// <param name="asked">Disposed here.</param>
    /// <param name="modelId">The model's name.</param>
    /// <param name="cancellationToken">Gives the request up, wherever it is.</param>
    public static async Task<ChatResponse> WholeAsync(
        Task<Answer> asked, string modelId, CancellationToken cancellationToken)
    {
        var createdAt = DateTimeOffset.UtcNow;
        var answer = await asked.ConfigureAwait(false);
        await using var disposal = answer.ConfigureAwait(false);
        var choices = Enumerable.Range(0, answer.Choices).Select(_ => new ChoiceContent())
            .ToImmutableArray();
        AnswerUsage? usage = null;
        await foreach (var part in answer.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            choices[part.Choice].Add(part);
            usage = (part as AnswerPart.End)?.Usage ?? (part as AnswerPart.Close)?.Usage;
        }

        return usage is not null
            ? new ResponseFrame(modelId, createdAt, answer.Choices).Response(choices, usage)
            : throw new InvalidOperationException(
                "The engine ended an answer without saying why.");
    }

    /// <summary>The updates as they come.</summary>
    /// <param name="ask">Begins the request; the answer is disposed here.</param>
    /// <param name="modelId">The model's name.</param>
    /// <param name="mixed">Whether choices come as they are drawn, not one after the other.</param>
    /// <param name="cancellationToken">Gives the request up, wherever it is.</param>
    public static async IAsyncEnumerable<ChatResponseUpdate> StreamAsync(
        Func<Task<Answer>> ask,
        string modelId,
        bool mixed,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var createdAt = DateTimeOffset.UtcNow;
        var answer = await ask().ConfigureAwait(false);
        await using var disposal = answer.ConfigureAwait(false);
        var frame = new ResponseFrame(modelId, createdAt, answer.Choices);
        var order = mixed || answer.Choices == 1 ? null : new ChoiceOrder(answer.Choices);
        await foreach (var part in answer.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            if (order is null)
                yield return frame.Update(part);
            else
                foreach (var next in order.Take(part))
                    yield return frame.Update(next);
        }
    }
}
