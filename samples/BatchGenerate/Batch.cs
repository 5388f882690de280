using System.Text.Json.Nodes;
using System.Threading.Channels;
using SkPaged.Engine.Cuda;

namespace SkPaged.BatchGenerate;

/// <summary>
/// All lines of a file: many in flight, answers in input order. A bad line is an error for that
/// line only.
/// </summary>
internal sealed class Batch(BatchModel model, BatchProgress progress)
{
    // Lines that are read and not yet answered: few enough to bound the memory, and half of what
    // the engine takes unread, so that none is refused.
    private const int MaxInFlight = 4096;

    private readonly LineRunner _runner = new(model);

    public int Lines { get; private set; }

    public int Failed { get; private set; }

    public long OutputTokens { get; private set; }

    public async Task RunAsync(
        TextReader input, TextWriter output, CancellationToken cancellationToken)
    {
        var answers = Channel.CreateBounded<Task<Written>>(MaxInFlight);
        var reading = ReadAsync(input, answers.Writer, cancellationToken);
        await foreach (var answer in answers.Reader.ReadAllAsync(cancellationToken))
            await WriteAsync(await answer, output);
        await reading;
    }

    private async Task ReadAsync(
        TextReader input, ChannelWriter<Task<Written>> answers, CancellationToken cancellationToken)
    {
        try
        {
            for (var number = 1; await input.ReadLineAsync(cancellationToken) is { } line; number++)
            {
                if (string.IsNullOrWhiteSpace(line))
                    continue;
                progress.Add();
                var (text, at) = (line, number);
                await answers.WriteAsync(
                    Task.Run(() => AnswerAsync(text, at, cancellationToken), cancellationToken),
                    cancellationToken);
            }

            answers.Complete();
        }
        catch (Exception wrong)
        {
            answers.Complete(wrong);
        }
    }

    private async Task<Written> AnswerAsync(
        string text, int number, CancellationToken cancellationToken)
    {
        JsonNode? id = JsonValue.Create(number);
        try
        {
            var fields = LineParser.ParseObject(BatchFiles.BytesOf(text));
            id = fields["id"] ?? id;
            var line = LineParser.Parse(fields, number, model.SamplingDefaults);
            var answer = await _runner.RunAsync(line, cancellationToken);
            return new Written(
                OutputLine.Of(line, answer),
                answer.Outputs.Sum(output => output.Tokens.Length),
                Failed: false);
        }
        catch (LineException wrong)
        {
            return new Written(OutputLine.Of(id, wrong), 0, Failed: true);
        }
        catch (Exception wrong) when (wrong is not (OperationCanceledException
            or EngineFailedException or ObjectDisposedException))
        {
            // Nothing that is known gets here; whatever does must not take the other lines along.
            return new Written(
                OutputLine.Of(id, new LineException("internal_error", $"{wrong}")), 0, true);
        }
    }

    private async Task WriteAsync(Written answer, TextWriter output)
    {
        await output.WriteLineAsync(answer.Text);
        Lines++;
        Failed += answer.Failed ? 1 : 0;
        OutputTokens += answer.OutputTokens;
        progress.Done(OutputTokens);
    }

    private readonly record struct Written(string Text, int OutputTokens, bool Failed);
}
