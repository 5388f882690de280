namespace SkPaged.Bench.Paper;

/// <summary>Linear least squares with coefficients of at least 0.</summary>
internal static class LeastSquares
{
    /// <summary>
    /// The coefficients for which rows * coefficients is nearest to the targets. One that would be
    /// negative is 0, the most negative first, and the others are found again.
    /// </summary>
    /// <param name="rows">Of equal length.</param>
    /// <param name="targets">One for each row.</param>
    public static double[] Solve(IReadOnlyList<double[]> rows, IReadOnlyList<double> targets)
    {
        var kept = Enumerable.Range(0, rows[0].Length)
            .Where(column => rows.Any(row => row[column] != 0)).ToList();
        while (true)
        {
            var solved = Unbounded(rows, targets, kept);
            var least = solved.Length == 0 ? 0 : Array.IndexOf(solved, solved.Min());
            if (solved.Length == 0 || solved[least] >= 0)
            {
                var all = new double[rows[0].Length];
                for (var index = 0; index < kept.Count; index++)
                    all[kept[index]] = solved[index];
                return all;
            }

            kept.RemoveAt(least);
        }
    }

    // The normal equations, by Gauss with pivots; columns are scaled to one size before.
    private static double[] Unbounded(
        IReadOnlyList<double[]> rows, IReadOnlyList<double> targets, List<int> columns)
    {
        var scales = columns.Select(column => Math.Sqrt(rows.Sum(row => row[column] * row[column])))
            .ToArray();
        var size = columns.Count;
        var equations = new double[size, size + 1];
        for (var i = 0; i < size; i++)
        {
            for (var j = 0; j < size; j++)
                equations[i, j] = rows.Sum(row =>
                    row[columns[i]] / scales[i] * (row[columns[j]] / scales[j]));
            equations[i, size] = rows.Zip(targets, (row, target) =>
                row[columns[i]] / scales[i] * target).Sum();
        }

        return [.. Eliminated(equations, size).Select((value, i) => value / scales[i])];
    }

    private static double[] Eliminated(double[,] equations, int size)
    {
        for (var pivot = 0; pivot < size; pivot++)
        {
            var best = Enumerable.Range(pivot, size - pivot)
                .MaxBy(row => Math.Abs(equations[row, pivot]));
            for (var column = 0; column <= size; column++)
            {
                (equations[pivot, column], equations[best, column]) =
                    (equations[best, column], equations[pivot, column]);
            }

            for (var row = 0; row < size; row++)
            {
                var factor = row == pivot ? 0 : equations[row, pivot] / equations[pivot, pivot];
                for (var column = pivot; column <= size; column++)
                    equations[row, column] -= factor * equations[pivot, column];
            }
        }

        return [.. Enumerable.Range(0, size).Select(row =>
            equations[row, size] / equations[row, row])];
    }
}
