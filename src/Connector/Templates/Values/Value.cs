using System.Collections.Immutable;
using System.Numerics;

namespace SkPaged.Connector.Templates;

/// <summary>
/// A value of the template language, as Python would hold it: a closed union. All but <see
/// cref="Namespace"/>, <see cref="Loop"/> and <see cref="Stream"/>, which live within one render,
/// are immutable. Equality is Python's only through <see cref="ValueEquality"/>.
/// </summary>
internal abstract record Value
{
    public static readonly None Nothing = new();
    public static readonly Bool True = new(true);
    public static readonly Bool False = new(false);
    public static readonly Text Empty = new("");

    private Value()
    {
    }

    /// <summary>
    /// Elements within, itself included, saturating: what comparing the value may cost.
    /// </summary>
    public virtual int Weight => 1;

    /// <summary>
    /// Levels of lists, tuples and dicts, at most <see cref="TemplateLimits.MaxValueDepth"/>.
    /// </summary>
    public virtual int Depth => 0;

    public static Bool Of(bool value) => value ? True : False;

    /// <summary>
    /// What a name, key or attribute that does not exist gives; most uses of it are errors.
    /// </summary>
    /// <param name="Hint">Why it is undefined, where owner and key do not say it.</param>
    public sealed record Undefined(Value? Owner, Value? Key, string? Hint = null) : Value
    {
        public TemplateFault Fault() => new(Describe.Undefined(this));
    }

    public sealed record None : Value;

    public sealed record Bool(bool Truth) : Value;

    public sealed record Integer(BigInteger Number) : Value;

    public sealed record Float(double Number) : Value;

    /// <param name="Chars">The string.</param>
    /// <param name="IsMarkup">
    /// Marked by <c>safe</c> or <c>escape</c>: see <see cref="Markup"/>.
    /// </param>
    public sealed record Text(string Chars, bool IsMarkup = false) : Value
    {
        public override int Weight => 1 + Chars.Length / TemplateLimits.CharsPerStep;
    }

    /// <summary>What can be indexed by position: a list, a tuple or a range.</summary>
    public abstract record Sequence(ImmutableArray<Value> Items) : Value
    {
        public override int Weight { get; } = Nesting.WeightOf(Items);

        public override int Depth { get; } = Nesting.DepthOf(Items);
    }

    public sealed record List(ImmutableArray<Value> Items) : Sequence(Items);

    public sealed record Tuple(ImmutableArray<Value> Items) : Sequence(Items);

    public sealed record Range(long Start, long Stop, long Step, ImmutableArray<Value> Items)
        : Sequence(Items);

    /// <summary>A dict, in the order of insertion.</summary>
    public sealed record Dict(OrderedDictionary<Value, Value> Entries) : Value
    {
        public override int Weight { get; } = Nesting.WeightOf(Entries);

        public override int Depth { get; } = Nesting.DepthOf(Entries);

        public static OrderedDictionary<Value, Value> NewEntries() => new(ValueEquality.Instance);

        public Value? Find(Value key) => Entries.TryGetValue(key, out var value) ? value : null;
    }

    /// <summary>
    /// What <c>dict.items()</c> and the like give. <paramref name="Kind"/> is Python's name for it.
    /// </summary>
    public sealed record View(string Kind, ImmutableArray<Value> Items) : Value
    {
        public override int Weight { get; } = Nesting.WeightOf(Items);

        public override int Depth { get; } = Nesting.DepthOf(Items);
    }

    /// <summary>
    /// A generator: what <c>map</c>, <c>select</c> and the like give. It can be read once.
    /// </summary>
    public sealed record Stream(IEnumerator<Value> Rest) : Value;

    /// <summary>
    /// What <c>namespace()</c> gives: the one thing that a template can write to.
    /// </summary>
    public sealed record Namespace(OrderedDictionary<string, Value> Attributes) : Value;

    /// <summary>The variable <c>loop</c>.</summary>
    public sealed record Loop(LoopState State) : Value;

    /// <summary>A method, macro or global function.</summary>
    /// <param name="Kind">Python's name of its type.</param>
    public sealed record Callable(
        string Name, string Kind, Func<Rendering, Arguments, Value> Invoke) : Value;
}
