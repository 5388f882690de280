using System.Text.Json;

namespace SkPaged.Connector.Text;

/// <summary>
/// A token that is found in the text as it is spelled, before the model sees the rest.
/// </summary>
/// <param name="Id">Its id.</param>
/// <param name="Content">Its spelling.</param>
/// <param name="SingleWord">Found only where no word character touches it.</param>
/// <param name="LeftStrip">Takes the white space on its left with it.</param>
/// <param name="RightStrip">Takes the white space on its right with it.</param>
/// <param name="Normalized">Looked for, itself normalized, in normalized text.</param>
/// <param name="Special">Left out of text that is decoded for reading.</param>
internal sealed record AddedToken(
    int Id, string Content, bool SingleWord, bool LeftStrip, bool RightStrip, bool Normalized,
    bool Special)
{
    public static AddedToken Named(int id, string content) =>
        new(id, content, false, false, false, false, true);

    public static AddedToken Read(JsonElement json, int id, TokenizerFile file)
    {
        var content = file.String(json, "content", "added_tokens");
        var component = $"added token '{content}'";
        if (id is < 0 or >= BpeModel.TokensMax)
            throw file.Broken(component, $"id {id} is not in 0 .. {BpeModel.TokensMax - 1}");
        var special = file.Bool(json, "special", component, false);
        return new(
            id, content,
            file.Bool(json, "single_word", component, false),
            file.Bool(json, "lstrip", component, false),
            file.Bool(json, "rstrip", component, false),
            file.Bool(json, "normalized", component, !special),
            special);
    }
}
