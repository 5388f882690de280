using System.Collections.Immutable;
using SkPaged.Connector.Engines;
using SkPaged.Connector.Requests;
using SkPaged.Engine.Cuda;
using SkPaged.Engine.Pure;

namespace SkPaged.Connector.Tests.Scripted;

/// <summary>An engine whose model is a script: everything else in it is real.</summary>
internal sealed class ScriptedEngine : IAsyncDisposable
{
    private ScriptedEngine(ScriptedExecutor executor, PagedLlmEngine engine) =>
        (Executor, Engine) = (executor, engine);

    public ScriptedExecutor Executor { get; }

    public PagedLlmEngine Engine { get; }

    public PagedLlmChatClient Client => new(Engine);

    /// <summary>A model that says the last user's words again.</summary>
    public static ScriptedEngine Echo() => Create(LastUser);

    public static ScriptedEngine Create(
        Func<string, string> script, Setup? setup = null, SamplingParams? sampling = null) =>
        CreateChoices((prompt, _) => script(prompt), setup, sampling);

    /// <summary>A model whose samples of one prompt differ.</summary>
    public static ScriptedEngine CreateChoices(
        Func<string, int, string> script, Setup? setup = null, SamplingParams? sampling = null)
    {
        setup ??= new Setup();
        var executor = new ScriptedExecutor(ByteTokenizer.Instance, script);
        var config = new SchedulerConfig
        {
            BlockSize = 16,
            BlocksTotal = setup.Blocks,
            MaxModelLength = setup.MaxLength,
            VocabularySize = ByteTokenizer.VocabularySize,
            MaxSequences = setup.MaxSequences,
            MaxBatchedTokens = setup.MaxBatchedTokens,
            MaxWaiting = setup.MaxWaiting,
            Policy = setup.Policy,
        };
        return new ScriptedEngine(executor, new PagedLlmEngine(new EngineParts(
            setup.ModelId,
            new EngineLoop(config, executor, Loop(setup)),
            ByteTokenizer.Instance,
            ChatTemplates.Compile(setup.Template),
            new ModelDefaults(
                sampling ?? SamplingParams.Greedy,
                [ByteTokenizer.TurnEnd],
                null,
                ByteTokenizer.VocabularySize),
            config.MaxServableLength)
        {
            Limits = EngineLimits.Of(config),
        }));
    }

    private static EngineLoopOptions Loop(Setup setup) =>
        new()
        {
            Name = setup.ModelId,
            RequestTimeout = setup.RequestTimeout,
            TimeProvider = setup.Clock,
        };

    /// <summary>What the last user turn of a prompt says.</summary>
    public static string LastUser(string prompt) => Last(prompt, "user");

    /// <summary>What the last turn of a role says.</summary>
    public static string Last(string prompt, string role)
    {
        var start = $"<|im_start|>{role}\n";
        var at = prompt.LastIndexOf(start, StringComparison.Ordinal) + start.Length;
        return prompt[at..prompt.IndexOf("<|im_end|>", at, StringComparison.Ordinal)];
    }

    public ValueTask DisposeAsync() => Engine.DisposeAsync();

    /// <summary>What a test may want otherwise.</summary>
    internal sealed record Setup
    {
        public string ModelId { get; init; } = "scripted";

        public int Blocks { get; init; } = 1024;

        public int MaxLength { get; init; } = 4096;

        public int MaxSequences { get; init; } = 256;

        public int MaxBatchedTokens { get; init; } = 2048;

        public int MaxWaiting { get; init; } = 1024;

        public TimeSpan? RequestTimeout { get; init; }

        public TimeProvider Clock { get; init; } = TimeProvider.System;

        public SchedulingPolicy Policy { get; init; }

        public string Template { get; init; } = ChatMl.Template;
    }
}
