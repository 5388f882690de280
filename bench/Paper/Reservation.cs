using System.Numerics;
using SkPaged.Engine.Pure;

namespace SkPaged.Bench.Paper;

/// <summary>
/// How many tokens a sequence reserves before it starts, contiguously. Source: SOSP '23,
/// section 6.1.
/// </summary>
internal enum Reservation
{
    /// <summary>The model's length, for everyone.</summary>
    Max,

    /// <summary>The prompt, and the output's true length up to the next power of two.</summary>
    Pow2,

    /// <summary>The true length, as if it were known.</summary>
    Oracle,
}

internal static class Reservations
{
    /// <summary>Tokens that each sequence of a request reserves.</summary>
    public static int Tokens(this Reservation reservation, Request request, int lengthMax) =>
        reservation switch
        {
            Reservation.Oracle => Final(request, lengthMax),
            Reservation.Pow2 => Math.Min(
                lengthMax,
                request.Prompt.Length
                    + (int)BitOperations.RoundUpToPowerOf2(
                        (uint)(Final(request, lengthMax) - request.Prompt.Length))),
            _ => lengthMax,
        };

    /// <summary>Tokens that a sequence has when it ends: here, all go on to their limit.</summary>
    public static int Final(Request request, int lengthMax) =>
        (int)Math.Min(lengthMax, request.Prompt.Length + (long)request.Stop.MaxTokens);
}
