using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using Microsoft.SemanticKernel;

namespace SkPaged.Connector.Engines;

/// <summary>What stands between a user and the engine.</summary>
internal static class ChatPipeline
{
    /// <summary>A client that invokes the kernel's functions, with its filters.</summary>
    /// <param name="engine">Borrowed: disposing the client leaves it running.</param>
    /// <param name="loggerFactory">Null = the one of the services, or none.</param>
    /// <param name="services">Reaches the functions; null = none.</param>
    public static IChatClient Build(
        PagedLlmEngine engine, ILoggerFactory? loggerFactory, IServiceProvider? services) =>
        new PagedLlmChatClient(engine).AsBuilder()
            .UseKernelFunctionInvocation(loggerFactory)
            .Build(services);
}
