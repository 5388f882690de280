namespace SkPaged.Connector.ToolCalls;

/// <summary>How far a JSON object in a text reaches.</summary>
internal static class JsonExtent
{
    /// <summary>
    /// Where the object that begins at <paramref name="start"/>, with a brace, ends; negative when
    /// it has not ended. Braces within its strings do not count.
    /// </summary>
    public static int EndOf(string text, int start)
    {
        var (depth, inString) = (0, false);
        for (var at = start; at < text.Length; at++)
        {
            switch (text[at])
            {
                case '\\' when inString:
                    at++;
                    break;
                case '"':
                    inString = !inString;
                    break;
                case '{' when !inString:
                    depth++;
                    break;
                case '}' when !inString && --depth == 0:
                    return at + 1;
            }
        }

        return -1;
    }
}
