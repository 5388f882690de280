using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using SkPaged.Connector.Text;
using Xunit;

namespace SkPaged.Connector.Tests.Text;

/// <summary>
/// NFC as a tokenizer sees it: what comes back from tokens is the normalized text.
/// </summary>
public sealed class NfcTests
{
    private static readonly TextTokenizer Tokenizer = Make();

    [Fact]
    public void Texts_are_normalized_as_by_the_reference()
    {
        var lines = File.ReadAllLines(Files.Data("nfc.txt"));
        foreach (var line in lines)
        {
            var parts = line.Split(';').Select(Text).ToArray();
            Assert.Equal(parts[1], Normalize(parts[0]));
        }
        Assert.Equal(800, lines.Length);
    }

    [Fact]
    public void Normalizing_twice_changes_nothing_more()
    {
        foreach (var line in File.ReadLines(Files.Data("nfc.txt")))
        {
            var once = Normalize(Text(line.Split(';')[0]));
            Assert.Equal(once, Normalize(once));
        }
    }

    // The platform's own normalization does nothing where globalization is invariant, as here.
    [Fact]
    public void It_works_where_the_platform_has_no_tables() =>
        Assert.Equal("\u00E9", Normalize("e\u0301"));

    [Fact]
    public void Marks_of_one_class_keep_their_order_in_a_run_of_any_length()
    {
        var above = string.Concat(Enumerable.Repeat("\u0307\u0308", 50_000));
        var marks = string.Concat(above.Select(mark => $"{mark}\u0323"));
        Assert.Equal($"q{new string('\u0323', above.Length)}{above}", Normalize($"q{marks}"));
    }

    private static TextTokenizer Make()
    {
        var json = TinyTokenizer.Bytes();
        json["normalizer"] = new JsonObject { ["type"] = "NFC" };
        return Files.Parse(json);
    }

    private static string Normalize(string text) =>
        Tokenizer.Decode(Tokenizer.EncodeOrdinary(text).AsSpan(), skipSpecialTokens: false);

    private static string Text(string points) =>
        string.Concat(points.Split(' ').Select(point => new Rune(
            int.Parse(point, NumberStyles.HexNumber, CultureInfo.InvariantCulture)).ToString()));
}
