using Microsoft.SemanticKernel;

namespace SkPaged.Tools;

/// <summary>Tells of every call: a filter sees them all, and may change or end them.</summary>
internal sealed class Narrator : IAutoFunctionInvocationFilter
{
    public async Task OnAutoFunctionInvocationAsync(
        AutoFunctionInvocationContext context, Func<AutoFunctionInvocationContext, Task> next)
    {
        await next(context);
        var arguments = context.Arguments?.Select(pair => $"{pair.Key}: {pair.Value}") ?? [];
        Console.WriteLine(
            $"  {context.Function.Name}({string.Join(", ", arguments)}) = {context.Result}");
    }
}
