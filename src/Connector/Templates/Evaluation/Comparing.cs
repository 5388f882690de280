namespace SkPaged.Connector.Templates;

/// <summary>Python's comparison operators and <c>in</c>.</summary>
internal static class Comparing
{
    public static bool Holds(
        Rendering rendering, ComparisonOperator op, Value left, Value right)
    {
        rendering.Spend(Math.Min(left.Weight, right.Weight));
        return op switch
        {
            ComparisonOperator.Equal => ValueEquality.Instance.Equals(left, right),
            ComparisonOperator.NotEqual => !ValueEquality.Instance.Equals(left, right),
            ComparisonOperator.Less => ValueOrder.Compare(left, right, "<") < 0,
            ComparisonOperator.LessOrEqual => ValueOrder.Compare(left, right, "<=") <= 0,
            ComparisonOperator.Greater => ValueOrder.Compare(left, right, ">") > 0,
            ComparisonOperator.GreaterOrEqual => ValueOrder.Compare(left, right, ">=") >= 0,
            ComparisonOperator.In => Contains(rendering, right, left),
            _ => !Contains(rendering, right, left),
        };
    }

    private static bool Contains(Rendering rendering, Value container, Value element)
    {
        switch (container)
        {
            case Value.Text text:
                rendering.Spend(text.Weight);
                return element is Value.Text part
                    ? text.Chars.Contains(part.Chars, StringComparison.Ordinal)
                    : throw new TemplateFault(
                        "'in <string>' requires string as left operand, not "
                        + Describe.TypeOf(element));
            case Value.Dict dict:
                rendering.SpendOnReading(element);
                return dict.Find(element) is not null;
            default:
                return Iteration.Items(container) is null
                    ? throw new TemplateFault(
                        $"argument of type '{Describe.TypeOf(container)}' is not iterable")
                    : rendering.Each(container).Any(item => SpendAndCompare(item));
        }

        bool SpendAndCompare(Value item)
        {
            rendering.Spend(Math.Min(item.Weight, element.Weight));
            return ValueEquality.Instance.Equals(item, element);
        }
    }
}
