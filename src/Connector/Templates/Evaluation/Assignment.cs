namespace SkPaged.Connector.Templates;

/// <summary>Stores values into names, tuples of names, and namespace attributes.</summary>
internal static class Assignment
{
    public static void Assign(Target target, Value value, Frame frame)
    {
        switch (target)
        {
            case Target.Name name:
                frame.Scope.Set(name.Id, value);
                break;
            case Target.Attribute attribute:
                NamespaceOf(attribute, frame).Attributes[attribute.Key] = value;
                break;
            case Target.Tuple tuple:
                AssignEach(tuple, value, frame);
                break;
        }
    }

    /// <summary>
    /// Faults where an attribute's owner is no namespace; Jinja asks before it evaluates.
    /// </summary>
    public static void CheckNamespaces(Target target, Frame frame)
    {
        if (target is Target.Attribute attribute)
            NamespaceOf(attribute, frame);
        foreach (var item in target is Target.Tuple tuple ? tuple.Items : [])
            CheckNamespaces(item, frame);
    }

    private static Value.Namespace NamespaceOf(Target.Attribute target, Frame frame) =>
        frame.Scope.Find(target.Namespace) as Value.Namespace
        ?? throw new TemplateFault("cannot assign attribute on non-namespace object");

    private static void AssignEach(Target.Tuple targets, Value value, Frame frame)
    {
        var wanted = targets.Items.Length;
        var values = frame.Rendering.Each(value).Take(wanted + 1).ToList();
        if (values.Count > wanted)
            throw new TemplateFault($"too many values to unpack (expected {wanted})");
        if (values.Count < wanted)
        {
            throw new TemplateFault(
                $"not enough values to unpack (expected {wanted}, got {values.Count})");
        }

        foreach (var (target, item) in targets.Items.Zip(values))
            Assign(target, item, frame);
    }
}
