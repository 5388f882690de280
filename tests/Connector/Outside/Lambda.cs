using Microsoft.SemanticKernel;

namespace SkPaged.Connector.Tests.Outside;

/// <summary>A filter that is one function.</summary>
internal sealed class Lambda(
    Func<AutoFunctionInvocationContext, Func<AutoFunctionInvocationContext, Task>, Task> filter)
    : IAutoFunctionInvocationFilter
{
    public Task OnAutoFunctionInvocationAsync(
        AutoFunctionInvocationContext context, Func<AutoFunctionInvocationContext, Task> next) =>
        filter(context, next);
}
