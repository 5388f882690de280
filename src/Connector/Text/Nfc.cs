using System.Text;

namespace SkPaged.Connector.Text;

/// <summary>
/// Unicode normalization form C, from our own table (NfcData.txt) and not from
/// <see cref="string.Normalize()"/>: under InvariantGlobalization, which containers without ICU
/// need, that method returns its input unchanged and says nothing.
/// </summary>
internal static class Nfc
{
    // Hangul syllables compose by arithmetic (The Unicode Standard, 3.12).
    private const int SyllableFirst = 0xAC00, LeadFirst = 0x1100, VowelFirst = 0x1161;
    private const int TailFirst = 0x11A7, Leads = 19, Vowels = 21, Tails = 28;

    // Below U+0300 nothing combines with what stands before it and everything is already in NFC.
    private const char FirstThatMayChange = '\u0300';

    private static readonly Lazy<NfcData> Data = new(NfcData.Load);

    public static string Normalize(string text)
    {
        if (!text.AsSpan().ContainsAnyInRange(FirstThatMayChange, char.MaxValue)) return text;
        var data = Data.Value;
        return MayChange(text, data) ? Rebuild(text, data) : text;
    }

    private static bool MayChange(string text, NfcData data)
    {
        foreach (var rune in text.EnumerateRunes())
        {
            if (data.MayChange(rune.Value)) return true;
        }
        return false;
    }

    private static string Rebuild(string text, NfcData data)
    {
        var points = new List<int>(text.Length + 16);
        foreach (var rune in text.EnumerateRunes()) Decompose(rune.Value, points, data);
        Order(points, data);
        Compose(points, data);
        var result = new StringBuilder(text.Length);
        Span<char> units = stackalloc char[2];
        foreach (var point in points)
            result.Append(units[..new Rune(point).EncodeToUtf16(units)]);
        return result.ToString();
    }

    private static void Decompose(int point, List<int> into, NfcData data)
    {
        var syllable = point - SyllableFirst;
        if (syllable is >= 0 and < Leads * Vowels * Tails)
        {
            into.Add(LeadFirst + syllable / (Vowels * Tails));
            into.Add(VowelFirst + syllable / Tails % Vowels);
            if (syllable % Tails > 0) into.Add(TailFirst + syllable % Tails);
        }
        else if (data.Mappings.TryGetValue(point, out var mapping))
        {
            Decompose(mapping.First, into, data);
            if (mapping.Second != 0) into.Add(mapping.Second);
        }
        else
        {
            into.Add(point);
        }
    }

    // Sorts each run of marks by combining class, and keeps the order within a class. Not by
    // insertion: a hostile text may be one run of a hundred thousand marks.
    private static void Order(List<int> points, NfcData data)
    {
        for (int start = 0, end; start < points.Count; start = end)
        {
            var ordered = true;
            for (end = start + 1; end < points.Count && data.ClassOf(points[end]) > 0; end++)
                ordered &= data.ClassOf(points[end - 1]) <= data.ClassOf(points[end]);
            if (ordered) continue;
            var run = points[start..end].OrderBy(data.ClassOf).ToList(); // OrderBy is stable
            for (var i = start; i < end; i++) points[i] = run[i - start];
        }
    }

    // [0, kept) is composed, [read, Count) still to be read; starter is the last class-0 point.
    private static void Compose(List<int> points, NfcData data)
    {
        int kept = 0, starter = -1, lastClass = -1;
        for (var read = 0; read < points.Count; read++)
        {
            var (point, kind) = (points[read], data.ClassOf(points[read]));
            // A mark is blocked from its starter by one of the same or a higher class between.
            if (starter >= 0 && lastClass < kind
                && Pair(points[starter], point, data) is { } composed)
            {
                points[starter] = composed;
                continue;
            }
            if (kind == 0) (starter, lastClass) = (kept, -1);
            else lastClass = kind;
            points[kept++] = point;
        }
        points.RemoveRange(kept, points.Count - kept);
    }

    private static int? Pair(int first, int second, NfcData data)
    {
        var (lead, vowel, tail) = (first - LeadFirst, second - VowelFirst, second - TailFirst);
        if (lead is >= 0 and < Leads && vowel is >= 0 and < Vowels)
            return SyllableFirst + (lead * Vowels + vowel) * Tails;
        var syllable = first - SyllableFirst;
        if (syllable is >= 0 and < Leads * Vowels * Tails && syllable % Tails == 0
            && tail is > 0 and < Tails)
            return first + tail;
        return data.Compositions.TryGetValue((first, second), out var composed) ? composed : null;
    }
}
