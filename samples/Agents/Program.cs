using System.CommandLine;
using SkPaged.Agents;

var model = new Option<string?>("--model") { Description = "A Hugging Face folder." };
var agents = new Option<int>("--agents") { DefaultValueFactory = _ => 16 };
var maxTokens = new Option<int>("--max-tokens") { DefaultValueFactory = _ => 48 };
var command = new RootCommand(
    "Agents over one preamble with tools: all at once, then at a round table; with the prefix "
    + "cache, without it, and one at a time.") { model, agents, maxTokens };
command.SetAction((parsed, _) => CompareAsync(
    parsed.GetValue(model), parsed.GetValue(agents), parsed.GetValue(maxTokens)));
return await command.Parse(args).InvokeAsync();

static async Task CompareAsync(string? model, int agents, int maxTokens)
{
    // The first run is thrown away: it has the code compiled.
    await MeasureAsync(prefixCaching: true, atOnce: true);
    var shared = await MeasureAsync(prefixCaching: true, atOnce: true, Report);
    var alone = await MeasureAsync(prefixCaching: true, atOnce: false);
    var uncached = await MeasureAsync(prefixCaching: false, atOnce: true);
    var worst = await MeasureAsync(prefixCaching: false, atOnce: false);

    Console.WriteLine($"\n{"",-38}{"agents",12}{"round table",14}{"together",12}");
    Line("at once, prefix cache", shared);
    Line("one at a time, prefix cache", alone);
    Line("at once, no prefix cache", uncached);
    Line("one at a time, no prefix cache", worst);

    async Task<Run> MeasureAsync(bool prefixCaching, bool atOnce, Action<Team, Run>? told = null)
    {
        await using var team = new Team(model, agents, maxTokens, prefixCaching);
        var run = await team.RunAsync(atOnce);
        told?.Invoke(team, run);
        return run;
    }

    void Line(string way, Run run) => Console.WriteLine(
        $"{way,-38}{run.AtOnce.TotalMilliseconds,9:F0} ms{run.RoundTable.TotalMilliseconds,11:F0} "
        + $"ms{run.Took.TotalMilliseconds,9:F0} ms  {run.Took / shared.Took,5:F2} x");
}

static void Report(Team team, Run run)
{
    Console.WriteLine($"{team.ModelId}, {team.Agents.Count} agents at once:");
    Answers(run.First);
    Console.WriteLine("\nAt the round table, over all that was said:");
    Answers(run.Table);

    void Answers(IReadOnlyList<Answer> answers)
    {
        foreach (var (agent, answer) in team.Agents.Zip(answers))
            Console.WriteLine(
                $"  {agent.Way,-16} first token {answer.TimeToFirstToken?.TotalMilliseconds,5:F0} "
                + $"ms, {answer.CachedTokens,5} of {answer.PromptTokens,5} prompt tokens cached"
                + $"{(answer.Turns.Count > 1 ? ", called a tool" : ""),-15}  "
                + answer.Text.ReplaceLineEndings(" "));
    }
}
