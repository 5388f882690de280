using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Extensions.AI;

namespace SkPaged.Connector.Requests;

/// <summary>
/// Ids of calls as templates get them: nine letters and digits, the model's own where it wrote one,
/// else by place in the conversation. The callers' ids are random, and a random token in a prompt
/// would end every shared prefix.
/// </summary>
internal sealed partial class CallOrdinals
{
    private readonly Dictionary<string, (string Id, string Name)> _known =
        new(StringComparer.Ordinal);

    private int _count;

    /// <summary>
    /// The caller's id of a call: unique, and it remembers the one that the model wrote.
    /// </summary>
    /// <param name="unique">32 hexadecimal digits, another for each answer.</param>
    /// <param name="index">The place of the call in the answer.</param>
    /// <param name="written">By the model; null = it wrote none.</param>
    public static string CallId(string unique, int index, string? written) =>
        written is not null && Usual().IsMatch(written)
            ? $"call_{unique}_{index}_{written}"
            : $"call_{unique}_{index}";

    /// <summary>The id of the next call.</summary>
    public string Add(FunctionCallContent call)
    {
        var id = Remembering().Match(call.CallId ?? "") is { Success: true } own
            ? own.Groups[1].Value
            : Next();
        _known[call.CallId ?? ""] = (id, call.Name);
        return id;
    }

    /// <summary>
    /// The id of the call that is answered; a new one where there is no such call.
    /// </summary>
    public string IdOf(string callId) =>
        _known.TryGetValue(callId, out var call) ? call.Id : Next();

    /// <summary>The name of the tool that was called.</summary>
    public string? NameOf(string callId) =>
        _known.TryGetValue(callId, out var call) ? call.Name : null;

    // What templates that show ids want them to be.
    [GeneratedRegex("^[A-Za-z0-9]{9}\\z")]
    private static partial Regex Usual();

    [GeneratedRegex("^call_[0-9a-f]{32}_[0-9]+_([A-Za-z0-9]{9})\\z")]
    private static partial Regex Remembering();

    private string Next() => "call" + (_count++).ToString("D5", CultureInfo.InvariantCulture);
}
