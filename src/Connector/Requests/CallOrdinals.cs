using System.Globalization;
using Microsoft.Extensions.AI;

namespace SkPaged.Connector.Requests;

/// <summary>
/// Ids of calls as templates get them: nine letters and digits, by place in the conversation.
/// The callers' own ids are random, and a random token in a prompt would end every shared prefix.
/// </summary>
internal sealed class CallOrdinals
{
    private readonly Dictionary<string, (string Id, string Name)> _known =
        new(StringComparer.Ordinal);

    private int _count;

    /// <summary>The id of the next call.</summary>
    public string Add(FunctionCallContent call)
    {
        var id = Next();
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

    private string Next() => "call" + (_count++).ToString("D5", CultureInfo.InvariantCulture);
}
