using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text.Json;
using SkPaged.Engine.Pure;

namespace SkPaged.Connector.Requests;

/// <summary>
/// The tokens of an answer, as its message carries them: in the next prompt they stand for what the
/// template would write in their place, which may be spelled otherwise.
/// </summary>
/// <param name="Prompt">The conversation that was answered, as the template rendered it.</param>
/// <param name="Digest">That of what the answer says and of how it is spelled.</param>
/// <param name="Opening">The beginning of the answer that stood in the prompt.</param>
/// <param name="Tokens">Without the one that ended it: that is the template's to write.</param>
internal sealed record GeneratedTurn(
    PromptMark Prompt, string Digest, string Opening, ImmutableArray<TokenId> Tokens)
{
    /// <summary>One text, which survives JSON as it is.</summary>
    public string Write() =>
        JsonSerializer.Serialize(new Written(
            Prompt.Turns,
            Prompt.Length,
            Prompt.Digest,
            Digest,
            Opening,
            Convert.ToBase64String(MemoryMarshal.AsBytes(Tokens.AsSpan()))));

    /// <summary>What was written, also after JSON; null for anything else.</summary>
    public static GeneratedTurn? Read(object? value) =>
        value switch
        {
            string text => Read(text),
            JsonElement { ValueKind: JsonValueKind.String } text => Read(text.GetString()!),
            _ => null,
        };

    private static GeneratedTurn? Read(string text)
    {
        try
        {
            return JsonSerializer.Deserialize<Written>(text) is { } read
                && read is { Prompt: not null, Turn: not null, Opening: not null, Tokens: not null }
                ? new GeneratedTurn(
                    new PromptMark(read.Turns, read.Length, read.Prompt),
                    read.Turn,
                    read.Opening,
                    TokensOf(Convert.FromBase64String(read.Tokens)))
                : null;
        }
        catch (Exception error) when (error is JsonException or FormatException)
        {
            return null;
        }
    }

    private static ImmutableArray<TokenId> TokensOf(byte[] bytes) =>
        bytes.Length % sizeof(int) == 0
            ? [.. MemoryMarshal.Cast<byte, TokenId>(bytes)]
            : throw new FormatException("Half a token.");

    private sealed record Written(
        int Turns, int Length, string Prompt, string Turn, string Opening, string Tokens);
}

/// <summary>A rendered conversation, to be known again at the beginning of a longer one.</summary>
/// <param name="Turns">Turns of it.</param>
/// <param name="Length">Characters of it.</param>
/// <param name="Digest">That of these characters.</param>
internal sealed record PromptMark(int Turns, int Length, string Digest);
