using System.Collections.Immutable;
using System.Text;
using SkPaged.Connector.Text;
using SkPaged.Engine.Cuda;
using SkPaged.Engine.Pure;

namespace SkPaged.BatchGenerate;

/// <summary>Runs one line through the engine: all its samples at once.</summary>
internal sealed class LineRunner(BatchModel model) : IDisposable
{
    // Enough that the engine always has a full batch waiting, and half of what it takes unread:
    // a line may ask for many samples, and none may be refused because others were quicker.
    private const int MaxInFlight = 4096;

    // Text completion stops early unless told otherwise; a chat answer ends by itself.
    private const int DefaultMaxTokens = 16;

    private readonly SemaphoreSlim _room = new(MaxInFlight);

    public void Dispose() => _room.Dispose();

    public async Task<IReadOnlyList<Output>> RunAsync(
        InputLine line, CancellationToken cancellationToken)
    {
        if (!line.StopStrings.IsEmpty && model.Tokenizer is null)
            throw new LineException(
                "invalid_value", $"stop needs a tokenizer; {model.Name} has none.");
        var prompt = model.Tokens(line.Prompt);
        var stop = new StopRule
        {
            MaxTokens = line.MaxTokens
                ?? (line.Prompt is PromptSource.Chat ? int.MaxValue : DefaultMaxTokens),
            MinTokens = line.MinTokens,
            EndTokens = [.. line.IgnoreEos ? [] : model.EndTokens, .. line.StopTokens],
        };
        try
        {
            return await Task.WhenAll(Enumerable.Range(0, line.Samples)
                .Select(sample => InTurnAsync(
                    () => SampleAsync(
                        line, prompt, SeededFor(line.Sampling, sample), stop, cancellationToken),
                    cancellationToken)));
        }
        catch (RequestRejectedException rejected)
        {
            throw new LineException(SnakeCase(rejected.Rejection.GetType().Name), rejected.Message);
        }
        catch (Exception failed) when (failed is StepFailedException or EngineOverloadedException)
        {
            throw new LineException(
                SnakeCase(failed.GetType().Name.Replace("Exception", "")), failed.Message);
        }
    }

    private async Task<Output> InTurnAsync(
        Func<Task<Output>> sample, CancellationToken cancellationToken)
    {
        await _room.WaitAsync(cancellationToken);
        try
        {
            return await sample();
        }
        finally
        {
            _room.Release();
        }
    }

    private async Task<Output> SampleAsync(
        InputLine line,
        ImmutableArray<TokenId> prompt,
        SamplingParams sampling,
        StopRule stop,
        CancellationToken cancellationToken)
    {
        await using var generation = model.Engine.Loop.Submit(
            prompt, sampling, stop, new SubmitOptions { CacheSalt = line.CacheSalt });
        var tokens = ImmutableArray.CreateBuilder<SampledToken>();
        var text = model.Tokenizer is { } tokenizer
            ? new OutputText(tokenizer, line.StopStrings)
            : null;
        await foreach (var next in generation.ReadAllAsync(cancellationToken))
        {
            switch (next)
            {
                case TokenEvent.Token(var token) when text is not { Stopped: true }:
                    tokens.Add(token);
                    text?.Append(token.Token);
                    if (text is { Stopped: true })
                        generation.Stop();
                    break;
                case TokenEvent.Finished(var reason, var usage):
                    return new Output(
                        tokens.ToImmutable(),
                        text?.Finish(),
                        text is { Stopped: true } ? FinishReason.Stop : reason,
                        usage,
                        generation.TimeToFirstToken ?? default,
                        generation.Duration ?? default);
            }
        }

        throw new InvalidOperationException($"{generation.Id} ended without saying so.");
    }

    // Every output tells its log probability, whether or not the line asks for its tokens'.
    private static SamplingParams Scored(SamplingParams sampling) =>
        sampling with { Logprobs = sampling.Logprobs ?? 0 };

    // Samples of one request draw from seeds far apart, the first from the request's own.
    private static SamplingParams SeededFor(SamplingParams sampling, int sample) =>
        Scored(sampling) is { Seed: { } seed } scored
            ? scored with { Seed = unchecked(seed + (ulong)sample * 0x9E3779B97F4A7C15) }
            : Scored(sampling);

    private static string SnakeCase(string name) =>
        string.Concat(name.Select((letter, index) =>
            index > 0 && char.IsUpper(letter)
                ? $"_{char.ToLowerInvariant(letter)}"
                : $"{char.ToLowerInvariant(letter)}"));
}

/// <summary>A growing output as text, up to its first stop string.</summary>
internal sealed class OutputText(TextTokenizer tokenizer, ImmutableArray<string> stopStrings)
{
    private readonly IncrementalDetokenizer _detokenizer =
        tokenizer.CreateDetokenizer(skipSpecialTokens: true);

    private readonly StopMatcher _stops = new StopStrings(stopStrings).CreateMatcher();
    private readonly StringBuilder _text = new();

    public bool Stopped { get; private set; }

    public void Append(TokenId token) => Take(_detokenizer.Append(token));

    public string Finish()
    {
        if (!Stopped)
            Take(_detokenizer.Finish());
        if (!Stopped)
            _text.Append(_stops.Finish());
        return _text.ToString();
    }

    private void Take(string piece)
    {
        var (text, stop) = _stops.Append(piece);
        _text.Append(text);
        Stopped = stop is not null;
    }
}
