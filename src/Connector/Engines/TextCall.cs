using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace SkPaged.Connector.Engines;

/// <summary>
/// One raw prompt under way, as telemetry sees it. Disposing it ends the span and measures the
/// call.
/// </summary>
internal sealed class TextCall(
    Activity? span, Histogram<double> duration, Histogram<int> tokens, string model) : IDisposable
{
    private const string Operation = "text_completion";
    private readonly long _begun = Stopwatch.GetTimestamp();
    private TagList _tags = new()
    {
        { "gen_ai.operation.name", Operation },
        { "gen_ai.provider.name", PagedLlmEngine.ProviderName },
        { "gen_ai.request.model", model },
    };

    private UsageDetails? _usage;

    /// <summary>What was asked for is known.</summary>
    public void Asked(ChatOptions options)
    {
        Tag("gen_ai.request.frequency_penalty", options.FrequencyPenalty);
        Tag("gen_ai.request.max_tokens", options.MaxOutputTokens);
        Tag("gen_ai.request.presence_penalty", options.PresencePenalty);
        Tag("gen_ai.request.seed", options.Seed);
        Tag("gen_ai.request.stop_sequences", Texts(options.StopSequences));
        Tag("gen_ai.request.temperature", options.Temperature);
        Tag("gen_ai.request.top_k", options.TopK);
        Tag("gen_ai.request.top_p", options.TopP);
    }

    /// <summary>The answer.</summary>
    public void Answered(ChatResponse response)
    {
        _usage = response.Usage;
        _tags.Add("gen_ai.response.model", response.ModelId);
        Tag("gen_ai.response.finish_reasons", Texts(
            response.FinishReason is { } reason ? [reason.Value] : null));
        Tag("gen_ai.response.id", response.ResponseId);
        Tag("gen_ai.response.model", response.ModelId);
        Tag("gen_ai.usage.input_tokens", (int?)_usage?.InputTokenCount);
        Tag("gen_ai.usage.output_tokens", (int?)_usage?.OutputTokenCount);
        Tag("gen_ai.usage.cache_read.input_tokens", (int?)_usage?.CachedInputTokenCount);
    }

    /// <summary>There is none.</summary>
    public void Failed(Exception error)
    {
        _tags.Add("error.type", error.GetType().FullName);
        Tag("error.type", error.GetType().FullName);
        span?.SetStatus(ActivityStatusCode.Error, error.Message);
    }

    /// <summary>The updates of a stream, seen on their way.</summary>
    public async IAsyncEnumerable<ChatResponseUpdate> Watched(
        IAsyncEnumerable<ChatResponseUpdate> updates,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        List<ChatResponseUpdate> seen = [];
        await using var each = updates
            .ConfigureAwait(false).WithCancellation(cancellationToken).GetAsyncEnumerator();
        while (await MoveNextAsync(each).ConfigureAwait(false))
        {
            seen.Add(each.Current);
            yield return each.Current;
        }

        Answered(seen.ToChatResponse());
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var (name, value) in _tags)
            Tag(name, value);
        duration.Record(Stopwatch.GetElapsedTime(_begun).TotalSeconds, _tags);
        Count("input", _usage?.InputTokenCount);
        Count("output", _usage?.OutputTokenCount);
        span?.Dispose();
    }

    private async ValueTask<bool> MoveNextAsync(
        ConfiguredCancelableAsyncEnumerable<ChatResponseUpdate>.Enumerator each)
    {
        try
        {
            return await each.MoveNextAsync();
        }
        catch (Exception error)
        {
            Failed(error);
            throw;
        }
    }

    private void Count(string type, long? count)
    {
        if (count is not { } known)
            return;
        var tags = _tags;
        tags.Add("gen_ai.token.type", type);
        tokens.Record((int)known, tags);
    }

    private void Tag(string name, object? value)
    {
        if (value is not null)
            span?.SetTag(name, value);
    }

    // As the chat's spans write them.
    private static string? Texts(IList<string>? texts) =>
        texts is { Count: > 0 }
            ? $"[{string.Join(", ", texts.Select(text => $"\"{text}\""))}]"
            : null;
}
