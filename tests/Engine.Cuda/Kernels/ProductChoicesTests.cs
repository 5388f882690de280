using SkPaged.Engine.Cuda.Kernels;
using SkPaged.Engine.Cuda.Native;
using Xunit;

namespace SkPaged.Engine.Cuda.Tests.Kernels;

public class ProductChoicesTests
{
    private static readonly ProductShape _shape = new(16, 64, 96, IsAdded: false, IsWide: true);
    private static readonly ProductShape _other = _shape with { Rows = 17 };
    private static readonly CublasLt.Algorithm _first = ProductSamples.Algorithm(new(1));
    private static readonly CublasLt.Algorithm _second = ProductSamples.Algorithm(new(2));

    [Fact]
    public void What_was_saved_is_found_by_the_next_start_under_its_key_alone()
    {
        using var folder = new TemporaryFolder();
        var choices = new ProductChoices(new(folder.Path), "a");
        choices.Add(_shape, _first, TimeSpan.FromSeconds(1));
        Assert.Null(Found(new(new(folder.Path), "a"), _shape));
        choices.Save();
        Assert.Equal((1, 0, 1.0), (choices.Tuned, choices.Found, choices.Took.TotalSeconds));
        var next = new ProductChoices(new(folder.Path), "a");
        Assert.Equal(ProductSamples.Text(_first), Found(next, _shape));
        Assert.Equal(ProductSamples.Text(_first), Found(next, _shape));
        Assert.Null(Found(next, _other));
        Assert.Equal((0, 1, 0.0), (next.Tuned, next.Found, next.Took.TotalSeconds));
        Assert.Null(Found(new(new(folder.Path), "b"), _shape));
    }

    [Fact]
    public void Starts_that_saved_at_once_keep_what_both_have_tuned()
    {
        using var folder = new TemporaryFolder();
        ProductChoices one = new(new(folder.Path), "a"), two = new(new(folder.Path), "a");
        one.Add(_shape, _first, default);
        two.Add(_other, _second, default);
        one.Save();
        two.Save();
        var next = new ProductChoices(new(folder.Path), "a");
        Assert.Equal(ProductSamples.Text(_first), Found(next, _shape));
        Assert.Equal(ProductSamples.Text(_second), Found(next, _other));
    }

    [Fact]
    public void What_the_library_does_not_take_any_more_is_tuned_anew()
    {
        using var folder = new TemporaryFolder();
        var choices = new ProductChoices(new(folder.Path), "a");
        choices.Add(_shape, _first, default);
        choices.Save();
        var next = new ProductChoices(new(folder.Path), "a");
        Assert.Null(next.Find(_shape, _ => false));
        Assert.Equal(0, next.Found);
        next.Add(_shape, _second, default);
        next.Save();
        Assert.Equal(
            ProductSamples.Text(_second), Found(new(new(folder.Path), "a"), _shape));
    }

    [Fact]
    public void Without_a_folder_a_start_knows_what_it_has_tuned_itself()
    {
        var choices = new ProductChoices(new(null), "a");
        choices.Add(_shape, _first, default);
        choices.Save();
        Assert.Equal(ProductSamples.Text(_first), Found(choices, _shape));
        Assert.Equal((1, 0), (choices.Tuned, choices.Found));
    }

    [Fact]
    public void Bytes_that_are_no_table_count_as_nothing_and_are_written_over()
    {
        using var folder = new TemporaryFolder();
        new KernelCache(folder.Path).Keep("a", [1, 2, 3]);
        var choices = new ProductChoices(new(folder.Path), "a");
        Assert.Null(Found(choices, _shape));
        choices.Add(_shape, _first, default);
        choices.Save();
        Assert.Equal(
            ProductSamples.Text(_first), Found(new(new(folder.Path), "a"), _shape));
    }

    private static string? Found(ProductChoices choices, ProductShape shape) =>
        choices.Find(shape, _ => true) is { } algorithm ? ProductSamples.Text(algorithm) : null;
}
