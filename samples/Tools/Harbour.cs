using System.ComponentModel;
using Microsoft.SemanticKernel;

namespace SkPaged.Tools;

/// <summary>What the model can find out and do. Each function is a tool.</summary>
public sealed class Harbour
{
    private static readonly Dictionary<string, string> s_departures =
        new(StringComparer.OrdinalIgnoreCase) { ["Skarvik"] = "9:15", ["Lindholm"] = "11:40" };

    private readonly List<string> _lit = [];

    /// <summary>Lamps that were turned on, in order.</summary>
    public IReadOnlyList<string> Lit => _lit;

    /// <summary>When the next ferry to an island leaves.</summary>
    [KernelFunction, Description("Get the departure time of the ferry to an island.")]
    public static string GetDepartureTime([Description("The name of the island.")] string island) =>
        s_departures.TryGetValue(island, out var time)
            ? time
            : throw new ArgumentException($"There is no ferry to {island}.");

    /// <summary>What the air is like.</summary>
    [KernelFunction, Description("Get the temperature in a town.")]
    public static string GetTemperature([Description("The name of the town.")] string town) =>
        town.Length % 2 == 0 ? "12 degrees" : "17 degrees";

    /// <summary>Turns a lamp on.</summary>
    [KernelFunction, Description("Turn on a lamp.")]
    public string TurnOnLamp([Description("The name of the lamp.")] string lamp)
    {
        lock (_lit)
            _lit.Add(lamp);
        return $"The lamp {lamp} is on.";
    }
}
