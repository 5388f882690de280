namespace SkPaged.Connector;

/// <summary>
/// A chat request that cannot be taken: the message names the thing and the limit. Nothing was
/// computed or allocated for it, and other requests never notice.
/// </summary>
/// <param name="message">The thing and the limit.</param>
/// <param name="cause">What was seen, if anything.</param>
public class ChatRequestException(string message, Exception? cause = null)
    : ArgumentException(message, cause);
