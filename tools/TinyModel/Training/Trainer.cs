using System.Diagnostics;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace SkPaged.TinyModel.Training;

/// <summary>What training says of itself now and then.</summary>
/// <param name="Step">Steps done.</param>
/// <param name="Loss">The mean loss of a learned token since the last report, in nats.</param>
/// <param name="TokensPerSecond">
/// Tokens since the last report, padding included, over its time.
/// </param>
/// <param name="Waiting">The share of the time since then that was spent waiting for text.</param>
/// <param name="Elapsed">Time since the start.</param>
public sealed record TrainingReport(int Step, double Loss, double TokensPerSecond,
    double Waiting, TimeSpan Elapsed);

/// <summary>Trains the weights on batches.</summary>
public sealed class Trainer : IDisposable
{
    private const int ReportEvery = 100;

    private readonly Schedule schedule;
    private readonly Parameters parameters;
    private readonly Decoder decoder;
    private readonly Muon muon;
    private readonly Adam adam;

    /// <summary>A trainer of the given weights, which stay the caller's.</summary>
    public Trainer(TinyShape shape, Schedule schedule, Parameters parameters)
    {
        (this.schedule, this.parameters) = (schedule, parameters);
        decoder = new Decoder(shape, parameters, bfloat16);
        muon = new Muon(parameters.Matrices);
        adam = new Adam(parameters.Others);
    }

    /// <summary>Runs the steps of the schedule until they are done or the time is over.</summary>
    /// <returns>The step after the last one done.</returns>
    public int Run(BatchSource source, TimeSpan limit, Action<TrainingReport> report)
    {
        var (watch, last, sum) =
            (Stopwatch.StartNew(), TimeSpan.Zero, zeros(1, device: parameters.Embedding.device));
        var (step, waiting) = (schedule.FirstStep, new Stopwatch());
        while (step < schedule.Steps && watch.Elapsed < limit)
        {
            waiting.Start();
            var batch = source.Take();
            waiting.Stop();
            Step(batch, step, sum);
            step++;
            if (step % ReportEvery != 0) continue;
            var loss = sum.item<float>() / ReportEvery;
            var (now, tokens) = (watch.Elapsed, (double)ReportEvery * schedule.TokensPerStep);
            var seconds = (now - last).TotalSeconds;
            report(new(
                step, loss, tokens / seconds, waiting.Elapsed.TotalSeconds / seconds, now));
            waiting.Reset();
            sum.zero_();
            last = now;
        }
        sum.Dispose();
        return step;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        decoder.Dispose();
        muon.Dispose();
        adam.Dispose();
    }

    private void Step(Batch batch, int step, Tensor sum)
    {
        using var scope = NewDisposeScope();
        var tokens = Sent(tensor(batch.Tokens, [batch.Rows, batch.Time]));
        var (targets, weights) = (Sent(tensor(batch.Targets)), Sent(tensor(batch.Weights)));
        var logits = decoder.Logits(tokens, Sent(tensor(batch.Places))).to(float32);
        var losses = functional.cross_entropy(logits, targets, reduction: Reduction.None);
        var loss = (losses * weights).sum() / weights.sum();
        loss.backward();
        var rate = schedule.Rate(step);
        muon.Step(schedule.MatrixRate * rate);
        adam.Step(schedule.OtherRate * rate);
        sum.add_(loss.detach());
    }

    private Tensor Sent(Tensor tensor)
    {
        var device = parameters.Embedding.device;
        return device.type == DeviceType.CUDA
            ? tensor.pin_memory().to(device, non_blocking: true) : tensor;
    }
}
