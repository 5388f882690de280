using System.Collections;
using System.Globalization;

namespace SkPaged.Connector.Text;

/// <summary>
/// The table behind <see cref="Nfc"/>, read once from NfcData.txt in this assembly.
/// </summary>
internal sealed class NfcData
{
    private const int PointsEnd = 0x20000; // nothing of interest above but planes 2 and up
    private readonly Dictionary<int, byte> _classes = [];
    private readonly BitArray _mayChange = new(PointsEnd);

    /// <summary>Point to its canonical mapping; Second is 0 where it maps to one point.</summary>
    public Dictionary<int, (int First, int Second)> Mappings { get; } = [];

    /// <summary>The mappings that may be undone.</summary>
    public Dictionary<(int First, int Second), int> Compositions { get; } = [];

    public int ClassOf(int point) =>
        point >= 0x300 && _classes.TryGetValue(point, out var kind) ? kind : 0;

    /// <summary>False if text made of such points alone is in NFC as it stands.</summary>
    public bool MayChange(int point) =>
        point < PointsEnd ? _mayChange[point] : Mappings.ContainsKey(point);

    public static NfcData Load()
    {
        using var stream = typeof(NfcData).Assembly
            .GetManifestResourceStream("SkPaged.Connector.Text.NfcData.txt")!;
        using var reader = new StreamReader(stream);
        var (data, section, kind) = (new NfcData(), "", (byte)0);
        while (reader.ReadLine() is { } line)
        {
            if (line is "classes" or "pairs that compose" or "mappings that only decompose")
            {
                section = line;
                continue;
            }
            if (line.StartsWith('#')) continue;
            foreach (var word in line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                if (section == "classes") data.ReadClass(word, ref kind);
                else data.ReadMapping(word, composes: section == "pairs that compose");
            }
        }
        // Hangul vowels and tails, which compose by arithmetic.
        for (var point = 0x1161; point <= 0x11C2; point++) data._mayChange[point] = true;
        return data;
    }

    // "230:" names the class of what follows; "0300-0314" and "033D" are its members.
    private void ReadClass(string word, ref byte kind)
    {
        if (word.EndsWith(':'))
        {
            kind = byte.Parse(word.AsSpan(0, word.Length - 1), CultureInfo.InvariantCulture);
            return;
        }
        var ends = word.Split('-');
        for (var point = Hex(ends[0]); point <= Hex(ends[^1]); point++)
        {
            _classes[point] = kind;
            _mayChange[point] = true;
        }
    }

    // "00C0=0041+0300" or "0340=0300".
    private void ReadMapping(string word, bool composes)
    {
        var parts = word.Split('=', '+');
        var point = Hex(parts[0]);
        var mapping = (Hex(parts[1]), parts.Length > 2 ? Hex(parts[2]) : 0);
        Mappings[point] = mapping;
        var changed = composes ? mapping.Item2 : point;
        if (composes) Compositions[mapping] = point;
        if (changed < PointsEnd) _mayChange[changed] = true;
    }

    private static int Hex(string digits) =>
        int.Parse(digits, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
