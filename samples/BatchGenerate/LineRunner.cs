using SkPaged.Engine.Cuda;
using SkPaged.Engine.Pure;

namespace SkPaged.BatchGenerate;

/// <summary>Runs one line through the engine: one request, whatever it asks for.</summary>
internal sealed class LineRunner(BatchModel model)
{
    // Text completion stops early unless told otherwise; a chat answer ends by itself.
    private const int DefaultMaxTokens = 16;

    public async Task<Answer> RunAsync(InputLine line, CancellationToken cancellationToken)
    {
        if (!line.StopStrings.IsEmpty && model.Tokenizer is null)
            throw new LineException(
                "invalid_value", $"stop needs a tokenizer; {model.Name} has none.");
        try
        {
            await using var generation = Submit(line);
            return await ReadAsync(line, generation, cancellationToken);
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

    private Generation Submit(InputLine line) =>
        model.Engine.Loop.Submit(
            model.Tokens(line.Prompt),
            Scored(line),
            new StopRule
            {
                MaxTokens = line.MaxTokens
                    ?? (line.Prompt is PromptSource.Chat ? int.MaxValue : DefaultMaxTokens),
                MinTokens = line.MinTokens,
                EndTokens = [.. line.IgnoreEos ? [] : model.EndTokens, .. line.StopTokens],
            },
            new SubmitOptions
            {
                CacheSalt = line.CacheSalt,
                Samples = line.Group.Samples,
                BestOf = line.Group.BestOf,
                Beams = line.Group.Beams,
                Priority = line.Priority,
                Tenant = line.Tenant,
            });

    private async Task<Answer> ReadAsync(
        InputLine line, Generation generation, CancellationToken cancellationToken)
    {
        var outputs = new SortedDictionary<int, GrowingOutput>();
        IEnumerable<int>? chosen = null;
        GrowingOutput Output(int index)
        {
            if (!outputs.TryGetValue(index, out var output))
                outputs.Add(index, output = new GrowingOutput(model.Tokenizer, line.StopStrings));
            return output;
        }

        await foreach (var next in generation.ReadAllAsync(cancellationToken))
        {
            switch (next)
            {
                case TokenEvent.Token token when Output(token.Index) is { Stopped: false } output:
                    output.Append(token.Sample);
                    if (output.Stopped)
                        generation.Stop(token.Index);
                    break;
                case TokenEvent.Finished end:
                    Output(end.Index).End(end);
                    break;
                case TokenEvent.Chosen(var samples):
                    chosen = samples;
                    break;
            }
        }

        return new Answer(
            [.. (chosen ?? outputs.Keys).Select(index => outputs[index].ToOutput())],
            [.. outputs.Values.Select(output => output.Usage)],
            generation.TimeToFirstToken ?? default,
            generation.Duration ?? default);
    }

    // Every output tells its log probability, whether or not the line asks for its tokens'. Of
    // beams it is known without.
    private static SamplingParams Scored(InputLine line) =>
        line.Group.Beams is null
            ? line.Sampling with { Logprobs = line.Sampling.Logprobs ?? 0 }
            : line.Sampling;

    private static string SnakeCase(string name) =>
        string.Concat(name.Select((letter, index) =>
            index > 0 && char.IsUpper(letter)
                ? $"_{char.ToLowerInvariant(letter)}"
                : $"{char.ToLowerInvariant(letter)}"));
}
