using System.Text;

namespace SkPaged.TinyModel.Corpus;

/// <summary>Breaks lines where they get too long, as editors and mail programs do.</summary>
public static class Wrapping
{
    /// <summary>
    /// The text with a line break for the space before each word that would go past the width.
    /// Rows of tables stay whole.
    /// </summary>
    /// <param name="text">The text; its own line breaks stay.</param>
    /// <param name="width">At most so many letters in a line of more than one word.</param>
    /// <param name="indent">What a line starts with that goes on with an item of a list.</param>
    public static string Wrap(string text, int width, string indent) =>
        string.Join('\n', text.Split('\n').Select(line =>
            line.StartsWith('|') ? line : Line(line, width, IsItem(line) ? indent : "")));

    private static string Line(string line, int width, string indent)
    {
        var (wrapped, length) = (new StringBuilder(), 0);
        foreach (var word in line.Split(' '))
        {
            var fits = length == 0 || length + 1 + word.Length <= width;
            if (length > 0) wrapped.Append(fits ? " " : "\n" + indent);
            length = (fits && length > 0 ? length + 1 : fits ? 0 : indent.Length) + word.Length;
            wrapped.Append(word);
        }
        return wrapped.ToString();
    }

    private static bool IsItem(string line) => line is ['-' or '*', ' ', ..]
        || (line.Split(". ", 2) is [var number, _] && number.All(char.IsAsciiDigit));
}
