using SkPaged.Engine.Cuda.Simd;
using Xunit;

namespace SkPaged.Engine.Cuda.Tests.Simd;

public class WorkerTeamTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void Every_chunk_of_every_job_runs_once(int size)
    {
        using var team = new WorkerTeam(size);
        var random = new Random(1);
        for (var job = 0; job < 3000; job++)
        {
            if (job % 100 == 0)
                team.Rest();
            if (job % 100 == 50)
                team.Wake();
            var runs = new int[random.Next(0, 40)];
            team.Run(runs.Length, (chunk, _) => Interlocked.Increment(ref runs[chunk]));
            Assert.All(runs, count => Assert.Equal(1, count));
        }
    }

    [Fact]
    public void A_worker_runs_one_chunk_at_a_time()
    {
        using var team = new WorkerTeam(4);
        team.Wake();
        var busy = new int[4];
        var overlaps = 0;
        for (var job = 0; job < 200; job++)
            team.Run(50, (_, worker) =>
            {
                if (Interlocked.Increment(ref busy[worker]) > 1)
                    Interlocked.Increment(ref overlaps);
                Thread.SpinWait(20);
                Interlocked.Decrement(ref busy[worker]);
            });
        Assert.Equal(0, overlaps);
    }

    [Fact]
    public void A_failure_reaches_the_caller_and_the_team_goes_on()
    {
        using var team = new WorkerTeam(3);
        team.Wake();
        var error = Assert.Throws<FormatException>(() => team.Run(
            10, (chunk, _) => _ = chunk == 7 ? throw new FormatException("seven") : 0));
        Assert.Equal("seven", error.Message);
        var sum = 0;
        team.Run(10, (chunk, _) => Interlocked.Add(ref sum, chunk));
        Assert.Equal(45, sum);
    }

    [Fact]
    public void What_a_helper_opens_at_its_start_is_closed_at_its_end()
    {
        var open = 0;
        using (var team = new WorkerTeam(3, () =>
        {
            Interlocked.Increment(ref open);
            return new Closing(() => Interlocked.Decrement(ref open));
        }))
            SpinWait.SpinUntil(() => Volatile.Read(ref open) == 2, TimeSpan.FromSeconds(10));
        Assert.Equal(0, open);
    }

    private sealed class Closing(Action close) : IDisposable
    {
        public void Dispose() => close();
    }
}
