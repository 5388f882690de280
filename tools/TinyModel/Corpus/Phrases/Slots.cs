namespace SkPaged.TinyModel.Corpus;

/// <summary>What to put into the slots of a form: <c>{s}</c>, <c>{v}</c> and so on.</summary>
public sealed class Slots
{
    private readonly (string Name, string Text)[] pairs;

    private Slots((string, string)[] pairs) => this.pairs = pairs;

    /// <summary>No slots.</summary>
    public static Slots None { get; } = new([]);

    /// <summary>Slots with the given names and texts.</summary>
    public static Slots Of(params (string Name, string Text)[] pairs) => new(pairs);

    /// <summary>The text of a slot.</summary>
    /// <exception cref="KeyNotFoundException">The form names a slot that was not given.</exception>
    public string this[string name]
    {
        get
        {
            // The latest entry wins, so that With replaces.
            for (var i = pairs.Length - 1; i >= 0; i--)
                if (pairs[i].Name == name) return pairs[i].Text;
            throw new KeyNotFoundException($"The form has a slot {{{name}}} that nothing fills.");
        }
    }

    /// <summary>The same slots and one more.</summary>
    public Slots With(string name, string text) => new([.. pairs, (name, text)]);
}
