using System.Diagnostics;
using Microsoft.Extensions.AI;
using Microsoft.SemanticKernel;
using SkPaged.Connector;

namespace SkPaged.Agents;

/// <summary>How long a run took, and what each agent said in it.</summary>
internal sealed record Run(
    TimeSpan AtOnce, TimeSpan RoundTable, IReadOnlyList<Answer> First, IReadOnlyList<Answer> Table)
{
    public TimeSpan Took => AtOnce + RoundTable;
}

/// <summary>
/// Agents over one engine of their own; every other one is of the Agent Framework, the others are
/// plain calls of Semantic Kernel.
/// </summary>
internal sealed class Team : IAsyncDisposable
{
    private readonly PagedLlmEngine _engine;
    private readonly IReadOnlyList<Role> _roles;

    public Team(string? model, int agents, int maxTokens, bool prefixCaching)
    {
        var options = new PagedLlmEngineOptions { PrefixCaching = prefixCaching };
        _engine = model is null
            ? PagedLlmEngine.LoadEmbedded(options) : PagedLlmEngine.Load(model, options);
        var builder = Kernel.CreateBuilder();
        builder.AddPagedLlmChatCompletion(_engine);
        builder.AddPagedLlmChatClient(_engine);
        builder.Plugins.Add(Harbour.Tools());
        var kernel = builder.Build();
        var client = kernel.GetRequiredService<IChatClient>();
        var tools = kernel.Plugins.SelectMany(plugin => plugin.AsAIFunctions(kernel)).ToList();
        _roles = [.. Enumerable.Range(0, agents).Select(n => Harbour.Roles[n % 16])];
        Agents =
        [
            .. _roles.Select<Role, IAgent>((role, n) => n % 2 == 0
                ? new KernelAgent(kernel, maxTokens)
                : new FrameworkAgent(client, role, tools, maxTokens)),
        ];
    }

    public IReadOnlyList<IAgent> Agents { get; }

    public string ModelId => _engine.ModelId;

    /// <summary>All at once, or one after the other; then each at the table, in turn.</summary>
    public async Task<Run> RunAsync(bool atOnce)
    {
        var watch = Stopwatch.StartNew();
        List<Answer> first = [];
        var asked = Agents.Zip(_roles, (agent, role) => (Agent: agent, Role: role));
        foreach (var together in asked.Chunk(atOnce ? Agents.Count : 1))
            first.AddRange(await Task.WhenAll(together.Select(one =>
                one.Agent.AnswerAsync([Asked(one.Role)]))));
        var took = watch.Elapsed;
        watch.Restart();

        // The transcript only ever grows at its end: each prompt begins with the whole of the last.
        List<Answer> table = [];
        List<(bool ByUser, string Text)> transcript = [];
        foreach (var (agent, role) in Agents.Zip(_roles))
        {
            transcript.Add(Asked(role));
            table.Add(await agent.AnswerAsync(transcript));
            transcript.Add((false, table[^1].Text));
        }

        return new Run(took, watch.Elapsed, first, table);
    }

    public ValueTask DisposeAsync() => _engine.DisposeAsync();

    private static (bool ByUser, string Text) Asked(Role role) =>
        (true, $"{role.Name}: {role.Question}");
}
