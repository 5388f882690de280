namespace SkPaged.Connector.Text;

/// <summary>
/// A tokenizer file that is missing, is broken, or asks for something that is not supported here.
/// The message names the file and the component: <c>tokenizer.json: model 'Unigram': ...</c>.
/// </summary>
public sealed class TokenizerFormatException : Exception
{
    /// <summary>Says what is wrong, where.</summary>
    /// <param name="file">The file's path or name.</param>
    /// <param name="component">
    /// The part of the file at fault, for example <c>normalizer</c>; empty for all of it.
    /// </param>
    /// <param name="reason">What is wrong with it.</param>
    /// <param name="inner">The error underneath, if any.</param>
    public TokenizerFormatException(
        string file, string component, string reason, Exception? inner = null)
        : base($"{file}: {(component.Length == 0 ? "" : $"{component}: ")}{reason}", inner)
    {
        File = file;
        Component = component;
    }

    /// <summary>The path or name of the file at fault.</summary>
    public string File { get; }

    /// <summary>The part of the file at fault; empty for all of it.</summary>
    public string Component { get; }
}
