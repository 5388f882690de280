using System.Text.Json;
using SkPaged.Connector.ToolCalls;
using Xunit;

namespace SkPaged.Connector.Tests.ToolCalls;

/// <summary>One answer, taken apart piece by piece.</summary>
internal sealed class Split(ToolCallFormat format)
{
    private readonly ToolCallSplitter _splitter = format.CreateSplitter();
    private readonly List<SplitPart> _parts = [];

    /// <summary>All text so far.</summary>
    public string Text => Concat(SplitKind.Text);

    /// <summary>All calls so far.</summary>
    public IEnumerable<string> Calls => _parts.Select(part => part.Call).OfType<ToolCall>()
        .Select(Shown);

    /// <summary>All that was told so far, whatever it is.</summary>
    public string Source => string.Concat(_parts.Select(part => part.Source));

    /// <summary>The parts in order, texts that follow each other as one.</summary>
    public string Parts
    {
        get
        {
            var shown = "";
            var last = SplitKind.Space;
            foreach (var part in _parts)
            {
                shown += part.Kind == last && last == SplitKind.Text ? part.Source
                    : part.Call is { } call ? $"\n<{Shown(call)}> {part.Source}"
                    : $"\n{part.Kind} {part.Source}";
                last = part.Kind;
            }

            return shown;
        }
    }

    /// <summary>The next piece.</summary>
    /// <returns>The text of it.</returns>
    public string Push(string piece)
    {
        var before = Text.Length;
        _splitter.Push(piece, _parts);
        return Text[before..];
    }

    public Split Complete()
    {
        _splitter.Complete(_parts);
        return this;
    }

    /// <summary>The answer, taken apart in pieces of at most some length.</summary>
    public static Split Of(ToolCallFormat format, string answer, int longest, Random random)
    {
        var split = new Split(format);
        for (var at = 0; at < answer.Length;)
        {
            var length = Math.Min(1 + random.Next(longest), answer.Length - at);
            split.Push(answer.Substring(at, length));
            at += length;
        }

        return split.Complete();
    }

    /// <summary>However it is cut, an answer is this: at every place, or at many.</summary>
    public static void Is(ToolCallFormat format, string answer, string text, string[] calls)
    {
        for (var cut = 0; cut <= answer.Length; cut++)
        {
            var split = new Split(format);
            split.Push(answer[..cut]);
            split.Push(answer[cut..]);
            IsOf(split.Complete());
        }

        var random = new Random(11);
        foreach (var longest in (int[])[1, 2, 3, 7, 1000])
            for (var round = 0; round < 20; round++)
                IsOf(Of(format, answer, longest, random));

        void IsOf(Split split)
        {
            Assert.Equal(text, split.Text);
            Assert.Equal(calls, split.Calls);
            Assert.Equal(answer, split.Source);
        }
    }

    private string Concat(SplitKind kind) =>
        string.Concat(_parts.Where(part => part.Kind == kind).Select(part => part.Source));

    private static string Shown(ToolCall call) =>
        call.Name + " "
        + JsonSerializer.Serialize(call.Arguments.ToDictionary(pair => pair.Key, p => p.Value));
}
