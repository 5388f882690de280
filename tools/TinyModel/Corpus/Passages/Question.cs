namespace SkPaged.TinyModel.Corpus;

/// <summary>A question about a passage with the one right answer.</summary>
/// <param name="Text">The question, its first letter in upper case.</param>
/// <param name="Answer">The answer in whole sentences, or null where the passage does not tell.</param>
/// <param name="Subject">Of whom it asks, and how it is called in the answer, for the next question.</param>
/// <param name="Topic">What it asks for, for the next question.</param>
public sealed record Question(
    string Text, string? Answer, (Entity Entity, string Reference)? Subject = null,
    (Topic Topic, string Word)? Topic = null);
