using System.Runtime.InteropServices;

namespace SkPaged.Engine.Cuda.Sampling;

/// <summary>What changes a row's logits before draws: adjustment of sampling.cu.</summary>
/// <param name="Row">Of the logits.</param>
/// <param name="First">Of its entries.</param>
/// <param name="Count">Entries.</param>
/// <param name="Awaited">
/// Where the token lies that the step before has drawn and the row's log lacks; -1: it lacks none.
/// </param>
/// <param name="Repetition">1: none.</param>
/// <param name="Presence">0: none.</param>
/// <param name="Frequency">0: none.</param>
/// <param name="Unused">Fills 32 bytes.</param>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal readonly record struct Adjustment(
    int Row, int First, int Count, int Awaited, float Repetition, float Presence,
    float Frequency, int Unused = 0);

/// <summary>What changes one token's logit: adjustment_entry of sampling.cu.</summary>
/// <param name="Token">The token.</param>
/// <param name="Bias">Is added first.</param>
/// <param name="Output">How often it is in the output.</param>
/// <param name="Flags">As below.</param>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal record struct AdjustmentEntry(int Token, float Bias, int Output, int Flags)
{
    /// <summary>It is in prompt or output.</summary>
    public const int Seen = 1;

    /// <summary>It must not be drawn.</summary>
    public const int Forbidden = 2;
}

/// <summary>How a token is drawn: draw_request of sampling.cu.</summary>
/// <param name="Row">Of the logits.</param>
/// <param name="Flags">As below.</param>
/// <param name="TopK">0: all.</param>
/// <param name="Tops">
/// Most likely tokens to report; -1: no log probabilities at all.
/// </param>
/// <param name="FirstTop">Where they go among the results.</param>
/// <param name="TopP">1: all.</param>
/// <param name="Least">Log of min-p.</param>
/// <param name="Scale">1 / temperature; 1 where that is 0.</param>
/// <param name="Uniform">The random number, in [0, 1).</param>
[StructLayout(LayoutKind.Sequential, Pack = 8)]
internal readonly record struct DrawRequest(
    int Row, int Flags, int TopK, int Tops, int FirstTop, float TopP, float Least, float Scale,
    double Uniform)
{
    /// <summary>The most likely token is taken.</summary>
    public const int Greedy = 1;

    /// <summary>The row was adjusted.</summary>
    public const int Adjusted = 2;
}

/// <summary>What a draw gives: found of sampling.cu.</summary>
/// <param name="Token">The token; below 0: there is none, and why.</param>
/// <param name="Logprob">Its log probability, if it was asked for.</param>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal readonly record struct FoundToken(int Token, float Logprob)
{
    /// <summary>The row's logits are not finite.</summary>
    public const int NotFinite = -1;

    /// <summary>All tokens are forbidden.</summary>
    public const int AllForbidden = -2;
}
