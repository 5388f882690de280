using System.Text;
using SkPaged.Connector.Embedded;
using Xunit;

namespace SkPaged.Connector.Tests.Embedded;

public sealed class FileExtractionTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("skpaged-test-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void Files_are_put_into_a_folder_named_by_their_content()
    {
        var folder = Extract(("a.json", "{}"), ("b.bin", "weights"));
        Assert.Equal(_root, Path.GetDirectoryName(folder));
        Assert.Equal("{}", File.ReadAllText(Path.Combine(folder, "a.json")));
        Assert.Equal("weights", File.ReadAllText(Path.Combine(folder, "b.bin")));
        Assert.Equal(2, Directory.GetFiles(folder).Length);
        Assert.NotEqual(folder, Extract(("a.json", "{}"), ("b.bin", "Weights")));
        Assert.NotEqual(folder, Extract(("a.json", "{}"), ("c.bin", "weights")));
    }

    [Fact]
    public void Files_that_are_whole_are_left_alone()
    {
        var folder = Extract(("a.json", "{}"));
        var path = Path.Combine(folder, "a.json");
        var written = new DateTime(2001, 2, 3, 4, 5, 6, DateTimeKind.Utc);
        File.SetLastWriteTimeUtc(path, written);
        Assert.Equal(folder, Extract(("a.json", "{}")));
        Assert.Equal(written, File.GetLastWriteTimeUtc(path));
    }

    [Theory]
    [InlineData("weigh")]
    [InlineData("weightz")]
    [InlineData("weights and more")]
    [InlineData("")]
    [InlineData(null)]
    public void A_damaged_file_is_written_again(string? damage)
    {
        var folder = Extract(("a.json", "{}"), ("b.bin", "weights"));
        var path = Path.Combine(folder, "b.bin");
        if (damage is null)
            File.Delete(path);
        else
            File.WriteAllText(path, damage);
        Extract(("a.json", "{}"), ("b.bin", "weights"));
        Assert.Equal("weights", File.ReadAllText(path));
        Assert.Equal(2, Directory.GetFiles(folder).Length);
    }

    [Fact]
    public void What_has_a_damaged_file_open_keeps_it_as_it_was()
    {
        var path = Path.Combine(Extract(("b.bin", "weights")), "b.bin");
        File.WriteAllText(path, "damaged");
        using var reader = new StreamReader(
            File.Open(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete));
        Extract(("b.bin", "weights"));
        Assert.Equal("damaged", reader.ReadToEnd());
        Assert.Equal("weights", File.ReadAllText(path));
    }

    [Fact]
    public async Task Many_at_once_do_not_get_in_each_others_way()
    {
        var large = new string('w', 1_000_000);
        var folders = await Task.WhenAll(
            Enumerable.Range(0, 8).Select(_ => Task.Run(() => Extract(("a", large), ("b", "{}")))));
        Assert.Single(folders.Distinct());
        Assert.Equal(large, await File.ReadAllTextAsync(Path.Combine(folders[0], "a")));
        Assert.Equal(2, Directory.GetFiles(folders[0]).Length);
    }

    [Theory]
    [InlineData("/own", "/xdg", "/own")]
    [InlineData("", "/xdg", "/xdg/skpaged")]
    [InlineData(null, "/xdg", "/xdg/skpaged")]
    public void The_cache_folder_is_the_users(string? own, string? xdg, string expected) =>
        Assert.Equal(
            expected,
            UserCache.Folder(name => name switch
            {
                "SKPAGED_CACHE" => own,
                "XDG_CACHE_HOME" => xdg,
                _ => null,
            }));

    [Fact]
    public void Without_any_wish_the_cache_is_in_the_users_home() =>
        Assert.EndsWith("skpaged", UserCache.Folder(_ => null));

    private string Extract(params (string Name, string Content)[] files) =>
        FileExtraction.Extract(
            [.. files.Select(file => new EmbeddedFile(
                file.Name, () => new MemoryStream(Encoding.UTF8.GetBytes(file.Content))))],
            _root);
}
