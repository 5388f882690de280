using System.Text.RegularExpressions;
using Xunit;

namespace SkPaged.Connector.Tests.Documentation;

/// <summary>
/// Every block of C# in the README is a region of a source that is compiled: the comment before it
/// names both.
/// </summary>
public sealed partial class ReadmeTests
{
    private static readonly string s_readme = Read("README.md");

    [Fact]
    public void Every_block_of_CSharp_says_where_it_is_compiled()
    {
        var blocks = Regex.Count(s_readme, "^```csharp", RegexOptions.Multiline);
        Assert.InRange(blocks, 4, int.MaxValue);
        Assert.Equal(blocks, Blocks().Count(s_readme));
    }

    [Fact]
    public void Blocks_are_the_regions_that_they_say_they_are()
    {
        foreach (Match block in Blocks().Matches(s_readme))
        {
            var (path, region) = (block.Groups[1].Value, block.Groups[2].Value);
            Assert.Equal(Region(Read(path), region), block.Groups[3].Value);
        }
    }

    [Fact]
    public void A_region_is_read_without_its_indentation() =>
        Assert.Equal(
            "a\n    b\n\nc\n",
            Region("x\n    #region it\n    a\n        b\n\n    c\n    #endregion\n", "it"));

    private static string Region(string source, string name)
    {
        var lines = source.Split('\n');
        var start = Array.FindIndex(lines, line => line.Trim() == $"#region {name}");
        Assert.True(start >= 0, $"There is no region {name}.");
        var length = lines.Skip(start).TakeWhile(line => line.Trim() != "#endregion").Count();
        var indent = lines[start].IndexOf('#', StringComparison.Ordinal);
        return string.Concat(lines[(start + 1)..(start + length)]
            .Select(line => (line.Length > indent ? line[indent..] : "") + "\n"));
    }

    private static string Read(string path) =>
        File.ReadAllText(Repository.File(path)).ReplaceLineEndings("\n");

    // <!-- path#region --> and the block behind it.
    [GeneratedRegex(
        @"^<!-- (\S+)#(\w+) -->\n```csharp\n(.*?)```$",
        RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Blocks();
}
