using System.Reflection;
using SkPaged.Properties.Generators;

namespace SkPaged.Properties;

/// <summary>The laws of this project as values, found by their attribute.</summary>
public static class LawBook
{
    /// <summary>All laws over one <typeparamref name="T"/>.</summary>
    public static IEnumerable<MethodInfo> Over<T>() =>
        typeof(LawBook).Assembly.GetTypes()
            .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Static))
            .Where(method => method.GetCustomAttribute<LawAttribute>() is not null)
            .Where(method => method.GetParameters() is [{ ParameterType: var parameter }]
                && parameter == typeof(T));

    /// <summary>Checks a law of a trace; throws where it breaks.</summary>
    public static void Check(MethodInfo law, Trace trace) =>
        Invoke(law, law.GetParameters()[0].ParameterType == typeof(Trace)
            ? trace
            : trace.Transitions);

    /// <summary>Checks all laws over transitions; throws where one breaks.</summary>
    public static void CheckAll(Transitions transitions)
    {
        foreach (var law in Over<Transitions>())
            Invoke(law, transitions);
    }

    private static void Invoke(MethodInfo law, object history) =>
        law.Invoke(
            null, BindingFlags.DoNotWrapExceptions, binder: null, [history], culture: null);
}
