using SkPaged.Engine.Pure;
using Xunit;

namespace SkPaged.Engine.Cuda.Tests.Executor;

/// <summary>
/// What a sequence gets does not depend on chunks, neighbours or places of blocks.
/// </summary>
public class ScheduleLawTests
{
    private const int Sequences = 6;
    private const int Outputs = 6;

    // Float32 rounding through a few layers of logits of size 1: other matrix kernels for other
    // numbers of rows add up in another order.
    private const float Tolerance = 2e-5f;

    public static TheoryData<string, bool, int> Cases()
    {
        var cases = new TheoryData<string, bool, int>();
        foreach (var model in ReferenceData.Models)
            foreach (var kernels in (bool[])[true, false])
                foreach (var seed in (int[])[1, 2])
                    cases.Add(model, kernels, seed);
        return cases;
    }

    [SkippableTheory]
    [MemberData(nameof(Cases))]
    public void Random_plans_of_chunks_and_decodes_give_the_logits_of_one_by_one(
        string model, bool kernels, int seed)
    {
        var random = new Random(seed);
        int[] sizes = [1, 4, 16];
        using var engine = TestModel.Reference(model, kernels, sizes[random.Next(3)]);
        var tokens = Enumerable.Range(0, Sequences)
            .Select(_ => Prompt(random, random.Next(1, 70) + Outputs, engine.Config.VocabularySize))
            .ToArray();
        var expected = tokens.Select(all => OneByOne(engine, all)).ToArray();
        var mixed = Mixed(engine, tokens, random);
        for (var sequence = 0; sequence < Sequences; sequence++)
            for (var output = 0; output < Outputs; output++)
                Assert.InRange(
                    Difference.Max(expected[sequence][output], mixed[sequence][output]),
                    0, Tolerance * expected[sequence][output].Max(MathF.Abs));
    }

    [SkippableTheory]
    [InlineData("qwen3")]
    [InlineData("llama3-rope")]
    public void One_thread_and_several_give_the_same_logits(string model)
    {
        float[][] Logits(int threads)
        {
            using var engine = TestModel.Reference(model, kernels: true, threads: threads);
            return OneByOne(engine, Prompt(new Random(3), 60, engine.Config.VocabularySize));
        }
        var (one, three) = (Logits(1), Logits(3));
        for (var output = 0; output < Outputs; output++)
            Assert.InRange(
                Difference.Max(one[output], three[output]), 0,
                Tolerance * one[output].Max(MathF.Abs));
    }

    [SkippableFact]
    public void Up_to_four_decoding_neighbours_change_no_bit()
    {
        Skip.IfNot(TorchExecutor.HasFastVectors, "own kernels do not run on this processor");
        using var engine = TestModel.Reference("qwen2", kernels: true);
        var random = new Random(5);
        var prompts = Enumerable.Range(0, 4)
            .Select(_ => Prompt(random, 20, engine.Config.VocabularySize)).ToArray();
        float[] Last(TestSequence[] sequences)
        {
            foreach (var sequence in sequences)
                engine.Step(new TestRow(sequence, 19, null));
            return engine.Step([.. sequences.Select(s => TestRow.Rest(s))]).Logits[0];
        }
        var alone = Last([engine.Sequence(prompts[0])]);
        for (var count = 2; count <= 4; count++)
            Assert.Equal(alone, Last([.. prompts.Take(count).Select(engine.Sequence)]));
    }

    private static int[] Prompt(Random random, int length, int vocabulary) =>
        [.. Enumerable.Range(0, length).Select(_ => random.Next(vocabulary))];

    // The logits of the last tokens, each computed alone after the rest in one piece.
    private static float[][] OneByOne(TestModel engine, int[] tokens)
    {
        var sequence = engine.Sequence(tokens[..^(Outputs - 1)]);
        var logits = new List<float[]>();
        for (var output = 0; output < Outputs; output++)
        {
            logits.Add(engine.Step(TestRow.Rest(sequence)).Logits[0]);
            if (output < Outputs - 1)
                sequence.Append(tokens[^(Outputs - 1 - output)]);
        }
        return [.. logits];
    }

    // The same logits from plans of random rows and chunks.
    private static List<float[]>[] Mixed(TestModel engine, int[][] tokens, Random random)
    {
        var sequences = tokens.Select(all => engine.Sequence(all[..^(Outputs - 1)])).ToArray();
        var logits = tokens.Select(_ => new List<float[]>()).ToArray();
        while (logits.Any(row => row.Count < Outputs))
        {
            var open =
                Enumerable.Range(0, Sequences).Where(s => logits[s].Count < Outputs).ToArray();
            var chosen = open.Where(_ => random.Next(3) > 0).DefaultIfEmpty(open[0]).ToArray();
            var rows = chosen.Select(s =>
            {
                var count = random.Next(1, Math.Min(30, sequences[s].Uncomputed) + 1);
                var ends = count == sequences[s].Uncomputed;
                return new TestRow(sequences[s], count, ends ? SamplingParams.Greedy : null);
            }).ToArray();
            var seen = new Queue<float[]>(engine.Step(rows).Logits);
            foreach (var s in chosen.Where((_, row) => rows[row].Sampling is not null))
            {
                logits[s].Add(seen.Dequeue());
                if (logits[s].Count < Outputs)
                    sequences[s].Append(tokens[s][^(Outputs - logits[s].Count)]);
            }
        }
        return logits;
    }
}
