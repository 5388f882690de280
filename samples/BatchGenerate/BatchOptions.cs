using System.CommandLine;
using SkPaged.Engine.Cuda;
using SkPaged.Engine.Pure;

namespace SkPaged.BatchGenerate;

/// <summary>The command line.</summary>
internal sealed class BatchOptions
{
    // The field's short words.
    private static readonly Dictionary<string, SchedulingPolicy> Policies = new()
    {
        ["fcfs"] = SchedulingPolicy.FirstComeFirstServed,
        ["priority"] = SchedulingPolicy.Priority,
        ["fair"] = SchedulingPolicy.FairShare,
    };

    private readonly Option<string> _model = new("--model")
    {
        Description = "A Hugging Face folder, or 'embedded' for the model that ships with SkPaged.",
        DefaultValueFactory = _ => BatchModel.Embedded,
    };

    private readonly Option<string> _input = new("--input")
    {
        Description = "A file of JSON lines; - is standard input.",
        DefaultValueFactory = _ => "-",
    };

    private readonly Option<string> _output = new("--output")
    {
        Description = "Where the answers go, a line each, in input order; - is standard output.",
        DefaultValueFactory = _ => "-",
    };

    private readonly Option<EngineDevice> _device = new("--device")
    {
        Description = "Auto takes CUDA when there is one.",
        DefaultValueFactory = _ => EngineDevice.Auto,
    };

    private readonly Option<EngineDType?> _dtype = new("--dtype")
    {
        Description = "Of weights and cache. Default: the model's own.",
    };

    private readonly Option<LoadFormat> _loadFormat = new("--load-format")
    {
        Description = "Auto reads the weights; dummy draws random ones for a config.json alone.",
        DefaultValueFactory = _ => LoadFormat.Auto,
    };

    private readonly Option<int> _blockSize = new("--block-size")
    {
        Description = "Tokens a block holds.",
        DefaultValueFactory = _ => 16,
    };

    private readonly Option<int?> _kvBlocks = new("--kv-blocks")
    {
        Description = "Blocks of the KV cache. Default: by the memory there is.",
    };

    private readonly Option<double> _gpuMemoryUtilization = new("--gpu-memory-utilization")
    {
        Description = "Share of what weights and steps leave of a GPU's memory that the KV cache "
            + "takes.",
        DefaultValueFactory = _ => new LlmEngineOptions().GpuMemoryUtilization,
    };

    private readonly Option<int> _hostBlocks = new("--host-blocks")
    {
        Description = "Blocks of the host's memory to swap to.",
    };

    private readonly Option<string> _policy = new("--policy")
    {
        Description = "Who goes first: by arrival, by the lines' priority, or with a fair share "
            + "for each tenant.",
        DefaultValueFactory = _ => "fcfs",
    };

    private readonly Option<PreemptionMode> _preemption = new("--preemption")
    {
        Description = "What becomes of the blocks of those that give way. Auto goes by cost, where "
            + "there are host blocks.",
        DefaultValueFactory = _ => PreemptionMode.Auto,
    };

    private readonly Option<int> _maxBatchedTokens = new("--max-batched-tokens")
    {
        Description = "Tokens a step computes at most.",
        DefaultValueFactory = _ => 2048,
    };

    private readonly Option<int> _maxSequences = new("--max-sequences")
    {
        Description = "Sequences that run at once.",
        DefaultValueFactory = _ => 256,
    };

    private readonly Option<bool> _noPrefixCache = new("--no-prefix-cache")
    {
        Description = "Compute every prompt whole, shared beginnings included.",
    };

    private readonly Option<string?> _record = new("--record")
    {
        Description = "A file for all that the engine is told, token ids among it, to step through "
            + "with 'bench -- replay'; one that ends in .gz is compressed.",
    };

    public RootCommand Command(Func<BatchRun, CancellationToken, Task<int>> run)
    {
        _policy.AcceptOnlyFromAmong([.. Policies.Keys]);
        var command = new RootCommand("Generates for every line of a file, all lines at once.")
        {
            _model, _input, _output, _device, _dtype, _loadFormat, _blockSize, _kvBlocks,
            _gpuMemoryUtilization, _hostBlocks, _policy, _preemption, _maxBatchedTokens,
            _maxSequences, _noPrefixCache, _record,
        };
        command.SetAction((parsed, cancellation) => run(Read(parsed), cancellation));
        return command;
    }

    private BatchRun Read(ParseResult parsed) =>
        new(
            parsed.GetValue(_model)!,
            parsed.GetValue(_input)!,
            parsed.GetValue(_output)!,
            new LlmEngineOptions
            {
                Device = parsed.GetValue(_device),
                DType = parsed.GetValue(_dtype),
                LoadFormat = parsed.GetValue(_loadFormat),
                BlockSize = parsed.GetValue(_blockSize),
                KvBlocks = parsed.GetValue(_kvBlocks),
                GpuMemoryUtilization = parsed.GetValue(_gpuMemoryUtilization),
                Policy = Policies[parsed.GetValue(_policy)!],
                HostBlocks = parsed.GetValue(_hostBlocks),
                PreemptionMode = parsed.GetValue(_preemption),
                MaxBatchedTokens = parsed.GetValue(_maxBatchedTokens),
                MaxSequences = parsed.GetValue(_maxSequences),
                PrefixCaching = !parsed.GetValue(_noPrefixCache),
                Loop = new EngineLoopOptions { EventLog = parsed.GetValue(_record) },
            });
}

/// <summary>What one call of the program does.</summary>
internal sealed record BatchRun(string Model, string Input, string Output, LlmEngineOptions Engine);
