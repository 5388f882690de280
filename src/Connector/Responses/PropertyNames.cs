namespace SkPaged.Connector.Responses;

/// <summary>
/// Names of additional properties and metadata, as the OpenAI connector has them.
/// </summary>
internal static class PropertyNames
{
    public const string FinishReason = "FinishReason";
    public const string Id = "Id";
    public const string CreatedAt = "CreatedAt";
    public const string Usage = "Usage";
    public const string ChoiceIndex = "ChoiceIndex";
    public const string GeneratedTurn = "GeneratedTurn";
    public const string LogProbabilities = "ContentTokenLogProbabilities";
}
