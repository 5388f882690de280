using System.Collections.Immutable;
using System.Globalization;

namespace SkPaged.Engine.Pure;

/// <summary>
/// A priority where nobody looks at it is a mistake that its caller wants to know of.
/// </summary>
internal static class PriorityRule
{
    public static ImmutableArray<ParameterError> Check(SchedulerConfig config, Request request) =>
        request.Priority == 0 || config.Policy == SchedulingPolicy.Priority
            ? []
            :
            [
                new ParameterError(
                    "priority",
                    request.Priority.ToString(CultureInfo.InvariantCulture),
                    "0 under any policy but priority"),
            ];
}
