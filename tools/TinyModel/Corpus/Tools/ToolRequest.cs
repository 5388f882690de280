using System.Text.Json.Nodes;

namespace SkPaged.TinyModel.Corpus;

/// <summary>A call that the model should make.</summary>
/// <param name="Name">The tool's name.</param>
/// <param name="Arguments">The arguments in the order of the schema.</param>
public sealed record WantedCall(string Name, JsonObject Arguments);

/// <summary>What a user asks of a tool.</summary>
/// <param name="Text">The request.</param>
/// <param name="Call">The call that does it.</param>
/// <param name="Capability">What is asked for.</param>
/// <param name="Phrase">What the answer calls it: "the temperature in Zorvath".</param>
/// <param name="Value">The value of the first principal parameter as it was said, or "".</param>
public sealed record ToolRequest(
    string Text, WantedCall Call, Capability Capability, string Phrase, string Value);
