using System.Collections.Immutable;
using SkPaged.Engine.Cuda.Native;

namespace SkPaged.Engine.Cuda.Kernels;

/// <summary>
/// The kernels of a decoder, compiled for its sizes, as calls that put them into one stream. What
/// each computes, and the shapes, stand in its source; addresses are of the device's memory.
/// </summary>
internal sealed class DecoderKernels : IDisposable
{
    private const int RowThreads = 256, HeadThreads = 128, HeadsPerBlock = 4;
    private const int FewRowsThreads = 1024, FewRows = 256, ShortRow = 1024;
    private const int QueryThreads = 128, MoveThreads = 256;
    private const int AdjustThreads = 256, DrawThreads = 1024;

    // What one block of threads should move: some microseconds.
    private const long BytesPerMove = 64 << 10;

    private readonly KernelConstants _constants;
    private readonly CudaStream _stream;
    private readonly ImmutableArray<CudaModule> _modules;
    private readonly Kernel _embed, _rmsNorm, _rmsNormOfFew, _addBias, _siluMultiply;
    private readonly Kernel _writeQueryKeyValue;
    private readonly Kernel _attendQueries, _moveBlocks, _adjustLogits, _drawTokens;
    private readonly Kernel? _attendTiles, _attendNewQueries;
    private readonly float _scale;

    /// <summary>Compiles and loads all of them.</summary>
    /// <param name="compiler">For the device.</param>
    /// <param name="constants">Sizes that there are kernels for.</param>
    /// <param name="stream">Where they go; lives longer than this.</param>
    /// <exception cref="KernelCompilationException">One does not compile.</exception>
    public DecoderKernels(KernelCompiler compiler, KernelConstants constants, CudaStream stream)
    {
        (_constants, _stream) = (constants, stream);
        _scale = (float)(1 / Math.Sqrt(constants.HeadDim));
        var modules = new Dictionary<string, CudaModule>();
        try
        {
            foreach (var (name, code) in compiler.CompileAll(constants))
                modules.Add(name, compiler.Load(code));
            _modules = [.. modules.Values];
            _embed = new(modules["rowwise.cu"], "embed", RowThreads);
            _rmsNorm = new(modules["rowwise.cu"], "rms_norm", RowThreads);
            _rmsNormOfFew = new(modules["rowwise.cu"], "rms_norm", FewRowsThreads);
            _addBias = new(modules["rowwise.cu"], "add_bias", RowThreads);
            _siluMultiply = new(modules["rowwise.cu"], "silu_multiply", RowThreads);
            _writeQueryKeyValue =
                new(modules["query_key_value.cu"], "write_query_key_value", HeadThreads);
            var attention = constants.HasTensorQueries ? "attention_queries.cu"
                : "attention_general.cu";
            _attendQueries = new(modules[attention], "attend_queries", QueryThreads);
            QueryUnits = new(constants, _attendQueries.BlocksAtOnce());
            _attendNewQueries = constants.HasTensorQueries
                ? new(modules[attention], "attend_new_queries", QueryThreads)
                : null;
            _attendTiles = constants.HasTiles
                ? new(
                    modules["attention_tiles.cu"], "attend_tiles", HeadThreads,
                    QueryTile.SharedBytes(constants.HeadDim))
                : null;
            Few = new(modules["few_rows.cu"], constants, stream);
            Many = new(modules["many_rows.cu"], constants, stream);
            _moveBlocks = new(modules["blocks.cu"], "move_blocks", MoveThreads);
            _adjustLogits = new(modules["sampling.cu"], "adjust_logits", AdjustThreads);
            _drawTokens = new(modules["sampling.cu"], "draw_tokens", DrawThreads);
        }
        catch
        {
            foreach (var module in modules.Values)
                module.Dispose();
            throw;
        }
    }

    /// <summary>How attention of single queries is shared out.</summary>
    public QueryUnits QueryUnits { get; }

    /// <summary>Products of a few rows.</summary>
    public FewRowsProducts Few { get; }

    /// <summary>Gates of many rows.</summary>
    public ManyRowsGates Many { get; }

    public void Embed(
        nint table, nint ids, nint drawn, nint residual, int tokens, int hidden,
        int vocabulary) =>
        _embed.Launch(
            _stream, new(tokens), table, ids, drawn, residual, hidden, vocabulary);

    // rows: which of the residual; 0: the first ones.
    public void RmsNorm(
        nint residual, nint rows, nint weight, nint output, int count, int hidden,
        float epsilon) =>
        (count <= FewRows && hidden > ShortRow ? _rmsNormOfFew : _rmsNorm).Launch(
            _stream, new(count), residual, rows, weight, output, hidden, epsilon);

    public void AddBias(nint residual, nint bias, int rows, int hidden) =>
        _addBias.Launch(_stream, new(rows), residual, bias, hidden);

    // bias: 0 where there is none.
    public void SiluMultiply(nint gateUp, nint bias, nint output, int rows, int intermediate) =>
        _siluMultiply.Launch(
            _stream, new(rows, Math.Clamp(intermediate / (8 * RowThreads), 1, 16)),
            gateUp, bias, output, intermediate);

    // bias and norms: 0 where there are none.
    public void WriteQueryKeyValue(
        nint qkv, nint bias, nint queryNorm, nint keyNorm, nint cosines, nint sines,
        nint positions, nint slots, nint keys, nint values, int tokens, float epsilon)
    {
        var heads = _constants.QueryHeads + 2 * _constants.KeyValueHeads;
        _writeQueryKeyValue.Launch(
            _stream, new(tokens, (heads + HeadsPerBlock - 1) / HeadsPerBlock),
            qkv, bias, queryNorm, keyNorm, cosines, sines, positions, slots, keys, values,
            epsilon);
    }

    // queries: the token of each; 0: the first ones. atOnce: blocks of threads that share the work
    // out; 0: as many as the device holds.
    public void AttendQueries(
        nint qkv, nint keys, nint values, nint blocks, nint queries, nint lengths, nint tables,
        nint units, nint output, nint partials, nint counters, int count, int atOnce = 0) =>
        _attendQueries.Launch(
            _stream, new(atOnce > 0 ? atOnce : QueryUnits.Blocks),
            qkv, keys, values, blocks, queries, lengths, tables, units, output, partials,
            counters, count, _scale);

    /// <summary>Whether <see cref="AttendNewQueries"/> has a kernel.</summary>
    public bool AttendsNewQueries => _attendNewQueries is not null;

    // Where each token is a query: WriteQueryKeyValue and AttendQueries in one.
    public void AttendNewQueries(
        nint qkv, nint keys, nint values, nint blocks, nint lengths, nint tables, nint units,
        nint output, nint partials, nint counters, int count, nint bias, nint queryNorm,
        nint keyNorm, nint cosines, nint sines, nint positions, nint slots, float epsilon) =>
        (_attendNewQueries
            ?? throw new InvalidOperationException("There is no such kernel for these sizes."))
            .Launch(
                _stream, new(QueryUnits.Blocks),
                qkv, keys, values, blocks, (nint)0, lengths, tables, units, output, partials,
                counters, count, _scale, bias, queryNorm, keyNorm, cosines, sines, positions,
                slots, epsilon);

    public void AttendTiles(
        nint qkv, nint keys, nint values, nint blocks, nint tiles, nint output, int tileCount) =>
        (_attendTiles ?? throw new InvalidOperationException("There are no tiles for this type."))
            .Launch(
                _stream, new(tileCount, _constants.KeyValueHeads),
                qkv, keys, values, blocks, tiles, output, _scale);

    public void MoveBlocks(
        nint sources, nint targets, nint pairs, int pairCount, int tensors, long blockBytes) =>
        _moveBlocks.Launch(
            _stream,
            new(
                pairCount, tensors,
                (int)Math.Clamp((blockBytes + BytesPerMove - 1) / BytesPerMove, 1, 64)),
            sources, targets, pairs, blockBytes);

    public void AdjustLogits(
        nint logits, nint adjustments, nint entries, nint drawn, int rows, int vocabulary) =>
        _adjustLogits.Launch(
            _stream, new(rows), logits, adjustments, entries, drawn, vocabulary);

    public void DrawTokens(
        nint logits, nint requests, nint results, nint drawn, int draws, int vocabulary) =>
        _drawTokens.Launch(
            _stream, new(draws), logits, requests, results, drawn, vocabulary);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var module in _modules)
            module.Dispose();
    }
}
