using SkPaged.Engine.Cuda;
using Xunit;

namespace SkPaged.Connector.Tests.Hosting;

public sealed class EngineOptionsTests
{
    public static TheoryData<string> Shared()
    {
        var names = new TheoryData<string>();
        foreach (var property in typeof(PagedLlmEngineOptions).GetProperties())
            if (typeof(LlmEngineOptions).GetProperty(property.Name) is not null)
                names.Add(property.Name);
        return names;
    }

    [Theory]
    [MemberData(nameof(Shared))]
    public void An_option_that_the_engine_has_by_the_same_name_comes_to_it(string name)
    {
        var options = new PagedLlmEngineOptions();
        var property = typeof(PagedLlmEngineOptions).GetProperty(name)!;
        var other = Other(property.PropertyType, property.GetValue(options));
        property.SetValue(options, other);
        Assert.Equal(
            other,
            typeof(LlmEngineOptions).GetProperty(name)!.GetValue(options.ToEngineOptions("a")));
    }

    // Another value than the default one.
    private static object Other(Type type, object? value) =>
        (Nullable.GetUnderlyingType(type) ?? type) switch
        {
            { IsEnum: true } enumeration => Enum.GetValues(enumeration).Cast<object>()
                .First(each => !each.Equals(value)),
            var t when t == typeof(bool) => !(bool)value!,
            var t when t == typeof(int) => (int)(value ?? 0) + 1,
            var t when t == typeof(long) => (long)value! + 1,
            var t when t == typeof(double) => (double)value! / 2,
            var t when t == typeof(DecodeGraphOptions) => new DecodeGraphOptions { RowsMax = 3 },
            var t => throw new NotSupportedException($"{t}"),
        };
}
