using System.Reflection;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace SkPaged.Engine.Cuda.Gpu.Tests;

/// <summary>
/// Discovers and runs the tests of this assembly by xunit's own framework, one after the other,
/// and says how each went. The last line is "N passed, N failed, N skipped".
/// </summary>
internal sealed class TestRunner(TextWriter output) : IDisposable
{
    private readonly XunitTestFramework _framework = new(new NullSink());

    /// <summary>Runs those whose names contain one of these texts.</summary>
    /// <returns>Whether some passed and none failed.</returns>
    public bool Run(IReadOnlyList<string> parts)
    {
        var assembly = Assembly.GetExecutingAssembly();
        var options = new Options();
        var found = new Discovery();
        using (var discoverer = _framework.GetDiscoverer(Reflector.Wrap(assembly)))
        {
            discoverer.Find(includeSourceInformation: false, found, options);
            found.Done.WaitOne();
        }
        var cases = found.Cases.Where(test => parts.Count == 0
            || parts.Any(part => test.DisplayName.Contains(part, StringComparison.Ordinal)));
        using var executor = _framework.GetExecutor(assembly.GetName());
        using var run = new Execution(output);
        executor.RunTests(cases, run, options);
        run.Done.WaitOne();
        output.WriteLine($"{run.Passed} passed, {run.Failed} failed, {run.Skipped} skipped");
        return run.Failed == 0 && run.Passed > 0;
    }

    public void Dispose() => _framework.Dispose();

    private sealed class NullSink : IMessageSink
    {
        public bool OnMessage(IMessageSinkMessage message) => true;
    }

    private sealed class Discovery : IMessageSink
    {
        public List<ITestCase> Cases { get; } = [];

        public ManualResetEvent Done { get; } = new(false);

        public bool OnMessage(IMessageSinkMessage message)
        {
            if (message is ITestCaseDiscoveryMessage { TestCase: var test })
                Cases.Add(test);
            if (message is IDiscoveryCompleteMessage)
                Done.Set();
            return true;
        }
    }

    private sealed class Execution(TextWriter output) : IMessageSink, IDisposable
    {
        public ManualResetEvent Done { get; } = new(false);

        public int Passed { get; private set; }

        public int Failed { get; private set; }

        public int Skipped { get; private set; }

        public bool OnMessage(IMessageSinkMessage message)
        {
            switch (message)
            {
                case ITestPassed passed:
                    Passed++;
                    output.WriteLine($"passed  {passed.ExecutionTime,7:0.00} s  {Name(passed)}");
                    break;
                case ITestSkipped skipped:
                    Skipped++;
                    output.WriteLine($"skipped {Name(skipped)}: {skipped.Reason}");
                    break;
                case ITestFailed failed:
                    Failed++;
                    output.WriteLine($"FAILED  {Name(failed)}");
                    Explain(failed);
                    break;
                // A fixture or a class that cannot be built fails without a test of its own.
                case IErrorMessage error:
                    Failed++;
                    output.WriteLine("FAILED  outside of a test");
                    Explain(error);
                    break;
                case ITestClassCleanupFailure cleanup:
                    Failed++;
                    output.WriteLine($"FAILED  after {cleanup.TestClass.Class.Name}");
                    Explain(cleanup);
                    break;
                case ITestAssemblyFinished:
                    Done.Set();
                    break;
            }
            output.Flush();
            return true;
        }

        public void Dispose() => Done.Dispose();

        private void Explain(IFailureInformation failure)
        {
            for (var i = 0; i < failure.Messages.Length; i++)
            {
                output.WriteLine($"  {failure.ExceptionTypes[i]}: {failure.Messages[i]}");
                output.WriteLine(failure.StackTraces[i]);
            }
        }

        private static string Name(ITestMessage message) => message.Test.DisplayName;
    }

    /// <summary>One test after the other: the device is one.</summary>
    private sealed class Options : ITestFrameworkDiscoveryOptions, ITestFrameworkExecutionOptions
    {
        private readonly Dictionary<string, object?> _values = new()
        {
            ["xunit.discovery.PreEnumerateTheories"] = true,
            ["xunit.execution.DisableParallelization"] = true,
            ["xunit.execution.SynchronousMessageReporting"] = true,
        };

        public TValue GetValue<TValue>(string name) =>
            _values.TryGetValue(name, out var value) ? (TValue)value! : default!;

        public void SetValue<TValue>(string name, TValue value) => _values[name] = value;
    }
}
