using SkPaged.TinyModel.Chat;

namespace SkPaged.TinyModel.Corpus;

/// <summary>Writes the system messages of a scene.</summary>
public static class SystemPrompt
{
    /// <summary>
    /// No, one or two messages: what several agents share comes first, the part of the one agent
    /// last.
    /// </summary>
    public static IReadOnlyList<ChatMessage> Write(Chooser c, Scene scene)
    {
        var shared = scene.HasText ? WithText(c, scene.Passage.Text) : WithoutText(c, scene);
        var own = scene.Persona is { } persona ? Own(c, persona) : "";
        string[] parts = c.Chance(0.35) && !scene.HasText ? [own, shared] : [shared, own];
        parts = [.. parts.Where(part => part != "")];
        if (parts.Length == 2 && c.Chance(0.6)) parts = [string.Join(Gap(c), parts)];
        return [.. parts.Select(ChatMessage.System)];
    }

    /// <summary>A persona at random, at home in the passage where there is one.</summary>
    public static Persona NewPersona(Chooser c, Passage passage)
    {
        var places = passage.Entities.Where(entity => entity.Kind == "place").ToList();
        var place = places.Count > 0 ? c.Dice.Pick(places).Name : EntityMaker.Make(c, "place").Name;
        var role = c.Fill(Phrases.Of("role"), Slots.Of(
            ("place", place), ("job", c.Word("jobs")), ("person", EntityMaker.PersonName(c))));
        return new(EntityMaker.PersonName(c).Split(' ')[0], role.Replace("  ", " "));
    }

    private static string WithText(Chooser c, string text)
    {
        var instruction = c.Chance(0.8) ? c.Wrap(Phrases.Of("instruction"), Slots.None) : "";
        var marker = c.Chance(0.35)
            ? c.Wrap(Phrases.Of("marker"), Slots.None) + c.Dice.OneOf("\n", "\n", " ") : "";
        var gap = instruction == "" ? "" : Gap(c);
        return c.Chance(0.12)
            ? $"{marker}{text}{gap}{instruction}"
            : $"{instruction}{gap}{marker}{text}";
    }

    private static string WithoutText(Chooser c, Scene scene) => c.Chance(0.35) ? ""
        : c.Fill(Phrases.Of(scene.HasTools ? "tool-generic" : "generic"), Slots.None);

    private static string Own(Chooser c, Persona persona)
    {
        var own =
            c.Fill(Phrases.Of("persona"), Slots.Of(("name", persona.Name), ("role", persona.Role)));
        own = Letters.Capital(own);
        return c.Chance(0.4) ? $"{own} {c.Wrap(Phrases.Of("duty"), Slots.None)}" : own;
    }

    private static string Gap(Chooser c) => c.Dice.OneOf("\n\n", "\n\n", "\n", " ");
}
