using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Text;
using SkPaged.Engine.Pure;

namespace SkPaged.Engine.Cuda.Tests.Loop;

/// <summary>
/// Anything as text that is equal where the values are: all fields, down to numbers and strings.
/// What shares memory with others shows only what it holds itself.
/// </summary>
internal static class Value
{
    private const BindingFlags All = BindingFlags.Instance | BindingFlags.Public
        | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    private static readonly MethodInfo s_content = typeof(BlockPool).GetMethod("Content", All)!;

    public static string Text(object? value)
    {
        var text = new StringBuilder();
        Write(text, value);
        return text.ToString();
    }

    private static void Write(StringBuilder text, object? value)
    {
        switch (value)
        {
            case null:
                text.Append("null");
                break;
            case string or bool:
                text.Append(value);
                break;
            case TokenId(var token):
                text.Append(token);
                break;
            case AppendLog<TokenId> log:
                WriteAll(text, log.Span.ToArray());
                break;
            case BlockTable table:
                WriteAll(text, table.Blocks.ToArray());
                break;
            case BlockPool pool:
                WritePool(text, pool);
                break;
            // Not told apart from an empty one by anybody.
            case IEnumerable when IsDefault(value):
                text.Append("[]");
                break;
            case IEnumerable all:
                WriteAll(text, all);
                break;
            case IFormattable number:
                text.Append(number.ToString(null, CultureInfo.InvariantCulture));
                break;
            case Delegate or Type:
                throw new ArgumentException($"No value: {value}", nameof(value));
            default:
                WriteFields(text, value);
                break;
        }
    }

    private static bool IsDefault(object value) =>
        value.GetType().GetProperty("IsDefault") is { } property && (bool)property.GetValue(value)!;

    // Maps in the order of their keys' texts: of two with the same content either may be first.
    private static void WriteAll(StringBuilder text, IEnumerable all)
    {
        var items = all.Cast<object?>().Select(Text);
        var isMap = all is IDictionary
            || all.GetType().Name.Contains("Map", StringComparison.Ordinal);
        text.Append('[').AppendJoin(", ", isMap ? items.Order(StringComparer.Ordinal) : items)
            .Append(']');
    }

    private static void WritePool(StringBuilder text, BlockPool pool)
    {
        text.Append(CultureInfo.InvariantCulture,
            $"pool of {pool.TotalCount}, {pool.FreeCount} free, {pool.CachedCount} cached, free: ");
        WriteAll(text, pool.FreeQueue());
        for (var id = 0; id < pool.TotalCount; id++)
        {
            var block = new BlockId(id);
            text.Append(CultureInfo.InvariantCulture, $"; {pool.ReferenceCount(block)} ");
            Write(text, s_content.Invoke(pool, [block]));
        }
    }

    private static void WriteFields(StringBuilder text, object value)
    {
        text.Append(value.GetType().Name).Append('(');
        for (var type = value.GetType(); type != typeof(object) && type is not null;
            type = type.BaseType)
        {
            foreach (var field in type.GetFields(All))
            {
                text.Append(field.Name).Append(' ');
                Write(text, field.GetValue(value));
                text.Append("; ");
            }
        }

        text.Append(')');
    }
}
