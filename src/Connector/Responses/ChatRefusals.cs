using System.Runtime.CompilerServices;
using SkPaged.Engine.Cuda;
using SkPaged.Engine.Pure;

namespace SkPaged.Connector.Responses;

/// <summary>What the engine refuses, in the words of the chat client.</summary>
internal static class ChatRefusals
{
    /// <summary>Whether there is a first event: a refusal comes in its place.</summary>
    /// <exception cref="ChatRequestException">The engine did not take the request in.</exception>
    public static async ValueTask<bool> FirstAsync(
        ConfiguredCancelableAsyncEnumerable<TokenEvent>.Enumerator events)
    {
        try
        {
            return await events.MoveNextAsync();
        }
        catch (RequestRejectedException refused)
        {
            throw refused.Rejection is Rejection.ParametersInvalid invalid
                ? new ChatOptionsException(invalid.Errors)
                : new ChatRequestException(refused.Rejection.Message, refused);
        }
    }
}
