namespace SkPaged.Connector.Templates;

/// <summary>Python's truth of a value: empty, zero, none and undefined are false.</summary>
internal static class Truth
{
    public static bool Of(Value value) => value switch
    {
        Value.Bool flag => flag.Truth,
        Value.Undefined or Value.None => false,
        Value.Integer whole => !whole.Number.IsZero,
        Value.Float real => real.Number != 0,
        Value.Text text => text.Chars.Length > 0,
        Value.Sequence sequence => !sequence.Items.IsEmpty,
        Value.Dict dict => dict.Entries.Count > 0,
        Value.View view => !view.Items.IsEmpty,
        _ => true,
    };
}
