using SkPaged.Engine.Pure;

namespace SkPaged.Engine.Cuda.Models;

/// <summary>A few neighbouring tokens of one row.</summary>
/// <param name="Row">The row.</param>
/// <param name="FirstToken">Where its first token is among the step's.</param>
/// <param name="FirstPosition">That token's position in its sequence.</param>
/// <param name="Tokens">At least 1.</param>
internal readonly record struct AttentionTile(int Row, int FirstToken, int FirstPosition,
    int Tokens);

/// <summary>
/// A plan's rows cut to tiles: a row that decodes is one, a chunk of a prompt several.
/// </summary>
internal sealed class AttentionTiles
{
    private readonly List<AttentionTile> _tiles = [];

    public int Count => _tiles.Count;

    public AttentionTile this[int index] => _tiles[index];

    public void Cut(StepPlan plan, StepTokens tokens, int tokensPerTile)
    {
        _tiles.Clear();
        for (var row = 0; row < plan.Rows; row++)
            for (var done = 0; done < plan.TokenCounts[row]; done += tokensPerTile)
                _tiles.Add(new(
                    row, tokens.Firsts[row] + done, plan.FirstPositions[row] + done,
                    Math.Min(tokensPerTile, plan.TokenCounts[row] - done)));
    }
}
