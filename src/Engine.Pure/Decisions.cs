using System.Collections.Immutable;
using System.Runtime.InteropServices;
using LanguageExt;

namespace SkPaged.Engine.Pure;

/// <summary>
/// Strict lists of decisions. Never write one as a collection expression: <c>Seq</c> is immutable,
/// and the compiler would throw away what its Add returns.
/// </summary>
internal static class Decisions
{
    public static Seq<Decision> None => Seq<Decision>.Empty;

    public static Seq<Decision> Of(params Decision[] decisions) => Prelude.toSeq(decisions);

    /// <summary>All that a rule has gathered; the builder is empty then.</summary>
    public static Seq<Decision> Of(ImmutableArray<Decision>.Builder decisions) =>
        Of(ImmutableCollectionsMarshal.AsArray(decisions.DrainToImmutable())!);
}
