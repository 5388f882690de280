namespace SkPaged.Connector;

/// <summary>A folder lacks something that a chat model needs: the message names what.</summary>
/// <param name="message">The folder and what it lacks.</param>
/// <param name="cause">What was seen, if anything.</param>
public sealed class ModelFolderException(string message, Exception? cause = null)
    : IOException(message, cause);
