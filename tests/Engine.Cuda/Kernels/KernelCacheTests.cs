using SkPaged.Engine.Cuda.Kernels;
using Xunit;

namespace SkPaged.Engine.Cuda.Tests.Kernels;

public class KernelCacheTests
{
    private static readonly byte[] _code = [1, 2, 3, 0, 255];

    [Fact]
    public void What_was_kept_is_found_under_its_key_alone()
    {
        using var folder = new TemporaryFolder();
        new KernelCache(folder.Path).Keep("a", _code);
        Assert.Equal(_code, new KernelCache(folder.Path).Find("a"));
        Assert.Null(new KernelCache(folder.Path).Find("b"));
    }

    [Fact]
    public void A_file_that_was_cut_or_changed_counts_as_absent()
    {
        using var folder = new TemporaryFolder();
        var cache = new KernelCache(folder.Path);
        cache.Keep("a", _code);
        var file = Directory.EnumerateFiles(folder.Path, "*", SearchOption.AllDirectories).Single();
        var whole = File.ReadAllBytes(file);
        for (var length = 0; length < whole.Length; length++)
        {
            File.WriteAllBytes(file, whole[..length]);
            Assert.Null(cache.Find("a"));
        }
        for (var place = 0; place < whole.Length; place++)
        {
            var changed = whole.ToArray();
            changed[place] ^= 1;
            File.WriteAllBytes(file, changed);
            Assert.Null(cache.Find("a"));
        }
        cache.Keep("a", _code);
        Assert.Equal(_code, cache.Find("a"));
    }

    [Fact]
    public void A_folder_that_cannot_be_written_costs_nothing_but_the_cache()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["file"], "");
        var cache = new KernelCache(folder["file"]);
        cache.Keep("a", _code);
        Assert.Null(cache.Find("a"));
        var none = new KernelCache(null);
        none.Keep("a", _code);
        Assert.Null(none.Find("a"));
    }

    [Fact]
    public void Keys_tell_texts_apart_that_run_together()
    {
        string[][] lists = [["ab", "c"], ["a", "bc"], ["abc"], ["abc", ""], ["", "abc"]];
        Assert.Equal(lists.Length, lists.Select(KernelCache.Key).Distinct().Count());
    }
}
