namespace SkPaged.Engine.Cuda.Gpu.Tests;

/// <summary>Runs the tests of this assembly in this process: no SDK, no test host.</summary>
internal static class Program
{
    /// <param name="arguments">Parts of test names; none: all tests.</param>
    private static int Main(string[] arguments)
    {
        using var runner = new TestRunner(Console.Out);
        return runner.Run(arguments) ? 0 : 1;
    }
}
