using SkPaged.Engine.Cuda.Kernels;
using SkPaged.Engine.Cuda.Native;
using Xunit;

namespace SkPaged.Engine.Cuda.Tests.Kernels;

public class ProductTableTests
{
    public static TheoryData<int> Counts() => [0, 1, 2, 40];

    [Theory]
    [MemberData(nameof(Counts))]
    public void What_is_decoded_is_what_was_encoded(int count)
    {
        var table = Table(count);
        var decoded = ProductTable.Decode(ProductTable.Encode(table));
        Assert.Equal(Readable(table), Readable(decoded));
    }

    [Fact]
    public void Bytes_do_not_depend_on_the_order_in_which_products_came()
    {
        var table = Table(40);
        Assert.Equal(
            ProductTable.Encode(table),
            ProductTable.Encode(table.Reverse().ToDictionary()));
    }

    [Fact]
    public void A_table_that_is_cut_anywhere_but_between_products_is_empty()
    {
        var bytes = ProductTable.Encode(Table(3));
        var entry = (bytes.Length - ProductTable.Encode(Table(0)).Length) / 3;
        for (var length = 0; length < bytes.Length; length++)
            if ((bytes.Length - length) % entry != 0)
                Assert.Empty(ProductTable.Decode(bytes.AsSpan(0, length)));
    }

    [Fact]
    public void Bytes_of_anything_else_are_an_empty_table()
    {
        var bytes = ProductTable.Encode(Table(2));
        var head = ProductTable.Encode(Table(0)).Length;
        for (var place = 0; place < head; place++)
            Assert.Empty(ProductTable.Decode(With(bytes, place, 0xff)));
        // The sign of rows, inputs and outputs, and flags that there are not.
        foreach (var place in (int[])[3, 7, 11, 12, 15])
            Assert.Empty(ProductTable.Decode(With(bytes, head + place, 0xff)));
        Assert.Empty(ProductTable.Decode(new byte[bytes.Length]));
        // The same product twice.
        Assert.Empty(ProductTable.Decode([.. bytes, .. bytes[head..]]));
    }

    private static byte[] With(byte[] bytes, int place, byte value)
    {
        var changed = bytes.ToArray();
        changed[place] = value;
        return changed;
    }

    private static Dictionary<ProductShape, CublasLt.Algorithm> Table(int count)
    {
        var random = new Random(1);
        return Enumerable.Range(0, count).ToDictionary(
            i => new ProductShape(1 + i / 4, 64, int.MaxValue, i % 2 == 1, i / 2 % 2 == 1),
            _ => ProductSamples.Algorithm(random));
    }

    private static IEnumerable<(ProductShape, string)> Readable(
        Dictionary<ProductShape, CublasLt.Algorithm> table) =>
        table.OrderBy(entry => $"{entry.Key}", StringComparer.Ordinal)
            .Select(entry => (entry.Key, ProductSamples.Text(entry.Value)));
}
