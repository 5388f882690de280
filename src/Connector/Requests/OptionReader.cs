using System.Collections.Immutable;
using System.Text.Json;
using SkPaged.Engine.Pure;

namespace SkPaged.Connector.Requests;

/// <summary>
/// Reads options one by one and remembers all that is wrong with them. A typed value goes before
/// an additional property of the same name, and that before one of another name for the same.
/// </summary>
internal sealed class OptionReader
{
    private readonly IReadOnlyDictionary<string, object?> _additional;
    private readonly ImmutableArray<ParameterError>.Builder _errors =
        ImmutableArray.CreateBuilder<ParameterError>();

    /// <summary>A reader of options.</summary>
    /// <param name="additional">
    /// The additional properties; what stands in <c>extra_body</c> is as good. Null = none.
    /// </param>
    public OptionReader(IReadOnlyDictionary<string, object?>? additional)
    {
        _additional = additional ?? ImmutableDictionary<string, object?>.Empty;
        if (Property(OptionNames.ExtraBody) is not { } body)
            return;
        if (OptionJson.Of(body) is not { ValueKind: JsonValueKind.Object } json)
        {
            Wrong(OptionNames.ExtraBody, body, "options by name");
            return;
        }

        var all = new Dictionary<string, object?>(_additional);
        foreach (var property in json.EnumerateObject())
            all.TryAdd(property.Name, property.Value);
        _additional = all;
    }

    /// <summary>A number in a range.</summary>
    public float? Number(string name, float? typed, Func<float, bool> allowed, string expected) =>
        Read(name, typed, json => (float?)OptionJson.Number(json), allowed, $"a number {expected}");

    /// <summary>A whole number in a range.</summary>
    public long? Whole(string name, long? typed, long min, long max = long.MaxValue) =>
        Read(
            name,
            typed,
            OptionJson.Whole,
            value => value >= min && value <= max,
            max is long.MaxValue or int.MaxValue
                ? $"a whole number of at least {min}"
                : $"a whole number from {min} to {max}");

    /// <summary>True or false.</summary>
    public bool? Flag(string name) =>
        Read(name, null, OptionJson.Flag, _ => true, "true or false");

    /// <summary>A list of texts, none empty; one text stands for a list of one.</summary>
    public IReadOnlyList<string> Texts(string name, IList<string>? typed)
    {
        if (Given(name, typed) is not { } given)
            return [];
        var read = OptionJson.Of(given) is { } json ? OptionJson.List(json, OptionJson.Text) : null;
        if (read is not null && read.All(text => text.Length > 0))
            return read;
        Wrong(name, given, "texts that are not empty");
        return [];
    }

    /// <summary>A list of tokens of the vocabulary; one number stands for a list of one.</summary>
    public IReadOnlyList<TokenId> Tokens(string name, int vocabularySize)
    {
        if (Given(name, null) is not { } given)
            return [];
        var read = OptionJson.Of(given) is { } json
            ? OptionJson.Values(json, OptionJson.Whole)
            : null;
        if (read is not null && read.All(id => id >= 0 && id < vocabularySize))
            return [.. read.Select(id => new TokenId((int)id))];
        Wrong(name, given, $"tokens from 0 to {vocabularySize - 1}");
        return [];
    }

    /// <summary>Biases by token.</summary>
    public ImmutableDictionary<TokenId, float>? Biases(string name, int vocabularySize)
    {
        if (Given(name, null) is not { } given)
            return null;
        if (OptionJson.Of(given) is { ValueKind: JsonValueKind.Object } json
            && Biases(json, vocabularySize) is { } read)
            return read;
        Wrong(
            name,
            given,
            $"biases from -100 to 100 by token from 0 to {vocabularySize - 1}");
        return null;
    }

    /// <summary>A text that is no longer than a limit. A longer one is not shown.</summary>
    public string? Text(string name, int lengthMax)
    {
        var given = Given(name);
        var text = given is JsonElement json ? OptionJson.Text(json) : given as string;
        if (given is null || text?.Length <= lengthMax)
            return text;
        Note(
            name,
            text is null ? OptionJson.Show(given) : $"a text of {text.Length} characters",
            $"a text of at most {lengthMax} characters");
        return null;
    }

    /// <summary>
    /// Whatever stands under <paramref name="name"/> or another name for it; null when nothing
    /// does.
    /// </summary>
    public object? Given(string name, object? typed = null) =>
        typed ?? Property(name)
        ?? OptionNames.Aliases(name).Select(Property).FirstOrDefault(value => value is not null);

    /// <summary>Notes that <paramref name="given"/> cannot be taken.</summary>
    public void Wrong(string name, object given, string expected) =>
        Note(
            name,
            OptionJson.Show(given),
            given is WrongOption { IsFinal: true } wrong ? wrong.Expected : expected);

    /// <summary>Notes what is wrong with options that were read, each by its first name.</summary>
    public void Add(IEnumerable<ParameterError> errors)
    {
        foreach (var error in errors.Select(error => error with { Name = Called(error.Name) }))
            if (_errors.All(known => known.Name != error.Name))
                _errors.Add(error);
    }

    /// <summary>Throws if anything was wrong.</summary>
    /// <exception cref="ChatOptionsException">Names all of it.</exception>
    public void ThrowIfWrong()
    {
        Add(
            from pair in _additional
            let wrong = pair.Value as WrongOption
            where wrong is not null
            select new ParameterError(pair.Key, wrong.Shown, wrong.Expected));
        if (_errors.Count > 0)
            throw new ChatOptionsException(_errors.ToImmutable());
    }

    private void Note(string name, string shown, string expected) =>
        _errors.Add(new ParameterError(Called(name), shown, expected));

    // JSON's null is nothing.
    private object? Property(string name) =>
        _additional.GetValueOrDefault(name) is { } value
        && value is not JsonElement { ValueKind: JsonValueKind.Null }
            ? value
            : null;

    // The caller is told of the name that the caller used.
    private string Called(string name) =>
        Property(name) is not null
            ? name
            : OptionNames.Aliases(name).FirstOrDefault(other => Property(other) is not null)
                ?? name;

    private T? Read<T>(
        string name, T? typed, Func<JsonElement, T?> read, Func<T, bool> allowed, string expected)
        where T : struct
    {
        if (Given(name, typed) is not { } given)
            return null;
        var value = typed ?? (OptionJson.Of(given) is { } json ? read(json) : null);
        if (value is { } found && allowed(found))
            return found;
        Wrong(name, given, expected);
        return null;
    }

    private static ImmutableDictionary<TokenId, float>? Biases(JsonElement json, int vocabularySize)
    {
        var read = json.EnumerateObject().Select(pair => Bias(pair, vocabularySize)).ToList();
        return read.Exists(bias => bias is null)
            ? null
            : read.ToImmutableDictionary(bias => bias!.Value.Token, bias => bias!.Value.Bias);
    }

    private static (TokenId Token, float Bias)? Bias(JsonProperty pair, int vocabularySize) =>
        int.TryParse(pair.Name, out var token) && token >= 0 && token < vocabularySize
        && OptionJson.Number(pair.Value) is >= -100 and <= 100 and var bias
            ? (new TokenId(token), (float)bias)
            : null;
}
