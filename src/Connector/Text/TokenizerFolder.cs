namespace SkPaged.Connector.Text;

/// <summary>The files of a model folder that say how text becomes tokens.</summary>
internal static class TokenizerFolder
{
    public static TextTokenizer Load(string folder)
    {
        var path = Path.Combine(folder, "tokenizer.json");
        if (!File.Exists(path))
            throw new TokenizerFormatException(path, "", "there is no such file");
        using var stream = File.OpenRead(path);
        var file = new TokenizerFile(path);
        return new TextTokenizer(TokenizerJson.Read(stream, file), ReadConfig(folder), file);
    }

    // In order of rank: what an earlier file says, a later one does not change.
    private static TokenizerConfig ReadConfig(string folder)
    {
        var jinja = Path.Combine(folder, "chat_template.jinja");
        var config = File.Exists(jinja)
            ? TokenizerConfig.OfTemplate(File.ReadAllText(jinja))
            : TokenizerConfig.Empty;
        string[] names = ["tokenizer_config.json", "special_tokens_map.json", "chat_template.json"];
        foreach (var path in names.Select(name => Path.Combine(folder, name)).Where(File.Exists))
        {
            using var stream = File.OpenRead(path);
            config = config.Or(Read(stream, path));
        }
        return config;
    }

    public static TokenizerConfig Read(Stream stream, string name)
    {
        var file = new TokenizerFile(name);
        using var document = file.Parse(stream);
        return TokenizerConfig.Read(document.RootElement, file);
    }
}
