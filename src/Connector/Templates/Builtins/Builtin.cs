namespace SkPaged.Connector.Templates;

/// <summary>
/// A filter, test or method at work: a subject (what stands left of it) and arguments.
/// </summary>
internal delegate Value Operation(Rendering rendering, Value subject, Arguments arguments);

/// <summary>A built-in filter, test or method.</summary>
internal sealed record Builtin(string Name, Operation Run)
{
    /// <summary>
    /// A built-in of fixed parameters, written as <see cref="Signature"/> reads them.
    /// </summary>
    public static Builtin Of(string form, Func<Rendering, Value, Given, Value> body)
    {
        var signature = Signature.Parse(form);
        return new(signature.Name, (rendering, subject, arguments) =>
        {
            rendering.SpendOnReading(subject);
            foreach (var argument in arguments.Positional)
                rendering.SpendOnReading(argument);
            var result = body(rendering, subject, signature.Bind(arguments));
            rendering.SpendOnMaking(result);
            return result;
        });
    }

    /// <summary>
    /// A built-in on strings: the subject is converted as by <c>str()</c>; markup stays markup.
    /// </summary>
    public static Builtin OnText(string form, Func<string, Given, string> body) =>
        Of(form, (rendering, subject, given) => new Value.Text(
            body(rendering.Str(subject), given), subject is Value.Text { IsMarkup: true }));
}
