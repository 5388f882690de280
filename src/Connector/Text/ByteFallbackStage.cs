using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Unicode;

namespace SkPaged.Connector.Text;

/// <summary>
/// <c>&lt;0xE4&gt;</c> tokens to text. A run of them is text only if the whole run is well-formed
/// UTF-8, else it is one U+FFFD a byte; so the run is kept back until another token ends it.
/// </summary>
internal sealed class ByteFallbackStage : DecodeStage
{
    private static readonly CultureInfo Culture = CultureInfo.InvariantCulture;
    private readonly List<byte> _run = [];

    public override void Push(ReadOnlySpan<char> token)
    {
        if (token is ['<', '0', 'x', _, _, '>']
            && byte.TryParse(token[3..5], NumberStyles.AllowHexSpecifier, Culture, out var value))
        {
            _run.Add(value);
            return;
        }
        EndRun();
        Next.Push(token);
    }

    public override void Finish()
    {
        EndRun();
        Next.Finish();
    }

    private void EndRun()
    {
        if (_run.Count == 0) return;
        var bytes = CollectionsMarshal.AsSpan(_run);
        var text = Utf8.IsValid(bytes)
            ? Encoding.UTF8.GetString(bytes)
            : new string('\uFFFD', bytes.Length);
        _run.Clear();
        Next.Push(text);
    }
}
