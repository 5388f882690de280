using SkPaged.Engine.Cuda.Kernels;
using SkPaged.Engine.Cuda.Native;
using SkPaged.Engine.Pure;
using static TorchSharp.torch;

namespace SkPaged.Engine.Cuda.Models;

/// <summary>
/// From plans to columns on the device: in the places that a captured graph reads where a step is
/// of its kind, otherwise wherever they fit.
/// </summary>
/// <remarks>Checks the plan as it reads: kernels trust these numbers with memory.</remarks>
internal sealed class StepReader : IDisposable
{
    private readonly StepTokens _tokens;
    private readonly StepUpload _upload;
    private readonly DecodeUpload _decode;
    private readonly int _tokensMax;
    private readonly int _samplesMax;
    private bool _isDecode;

    /// <param name="config">The model.</param>
    /// <param name="options">The executor's sizes.</param>
    /// <param name="units">How attention of queries is shared out.</param>
    /// <param name="drawsMax">Samples of a step, which the next one may await.</param>
    /// <param name="positions">Positions that a sequence may have.</param>
    /// <param name="stream">How columns go to the device.</param>
    public StepReader(
        ModelConfig config, TorchExecutorOptions options, QueryUnits units, int drawsMax,
        int positions, CudaStream stream)
    {
        (_tokensMax, _samplesMax) = (options.TokensMax, options.SamplesMax);
        _tokens = new(config.VocabularySize, options.Blocks, positions, drawsMax);
        GraphRowsMax = Math.Min(
            options.GraphsOrDefault.RowsMax, Math.Min(_tokensMax, _samplesMax));
        _upload = new(units, options.Device, stream);
        _decode = new(
            units, Math.Max(1, GraphRowsMax),
            BlockTable.BlocksFor(positions, options.BlockSize), options.Device, stream);
    }

    /// <summary>Rows that a graph may have.</summary>
    public int GraphRowsMax { get; }

    /// <summary>Rows that sample, of the plan that was read.</summary>
    public int Samples => _tokens.SampledCount;

    /// <summary>The plan that was read, where it is not for a graph.</summary>
    public StepColumns Columns => _upload.Columns;

    /// <summary>What a graph of so many rows reads.</summary>
    public StepColumns Decode(int rows) => _decode.Of(rows);

    /// <summary>Whether a graph can run a plan.</summary>
    public bool IsDecode(StepPlan plan) => GraphRowsMax > 0 && _decode.Takes(plan);

    /// <summary>Reads a plan; nothing is sent.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="graphRows">Rows of the graph that will run it; 0: none will.</param>
    /// <exception cref="ArgumentException">
    /// Something is outside its bounds: the message names it.
    /// </exception>
    public void Read(StepPlan plan, int graphRows)
    {
        _tokens.Read(plan);
        if (_tokens.Count > _tokensMax || Samples > _samplesMax)
            throw new ArgumentException(
                $"{plan.Id} has {_tokens.Count} tokens and samples {Samples} rows; the executor "
                + $"takes {_tokensMax} tokens and {_samplesMax} rows.");
        _isDecode = graphRows > 0;
        if (_isDecode)
            _decode.Fill(plan, _tokens, graphRows);
        else
            _upload.Fill(plan, _tokens);
    }

    /// <summary>Sends what was read.</summary>
    public void Send()
    {
        if (_isDecode)
            _decode.Send();
        else
            _upload.Send();
    }

    /// <summary>Sends a step of rows that have no work.</summary>
    public void SendIdle(int rows) => _decode.SendIdle(rows);

    /// <inheritdoc/>
    public void Dispose()
    {
        _upload.Dispose();
        _decode.Dispose();
    }
}
