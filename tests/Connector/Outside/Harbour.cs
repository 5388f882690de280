using System.Collections.Concurrent;
using System.ComponentModel;
using System.Text.Json.Serialization;
using Microsoft.SemanticKernel;

namespace SkPaged.Connector.Tests.Outside;

/// <summary>
/// A season, for a parameter that takes few values. (Semantic Kernel reads an enum from JSON as
/// its type says, and that is a number unless it says otherwise.)
/// </summary>
[JsonConverter(typeof(JsonStringEnumConverter<Season>))]
public enum Season
{
    Summer,
    Winter,
}

/// <summary>Functions that tell what they were called with.</summary>
public sealed class Harbour
{
    private readonly ConcurrentQueue<string> _calls = [];

    /// <summary>The calls so far, in order.</summary>
    public IEnumerable<string> Calls => _calls;

    [KernelFunction, Description("Get the departure time of the ferry to an island.")]
    public string GetDepartureTime([Description("The name of the island.")] string island) =>
        Called($"GetDepartureTime {island}", "9:15");

    [KernelFunction, Description("Get the temperature in a town.")]
    public string GetTemperature([Description("The name of the town.")] string town) =>
        Called($"GetTemperature {town}", town.Length % 2 == 0 ? "12 degrees" : "17 degrees");

    [KernelFunction, Description("Get the current tide.")]
    public string GetTide() => Called("GetTide", "rising");

    [KernelFunction, Description("Get the ticket price for a ferry.")]
    public string GetTicketPrice(
        [Description("The name of the ferry.")] string ferry,
        [Description("The number of adults.")] int adults) =>
        Called($"GetTicketPrice {ferry} {adults}", "30 euros");

    [KernelFunction, Description("Get the opening time of a cafe.")]
    public string GetOpeningTime(
        [Description("The name of the cafe.")] string cafe,
        [Description("The season.")] Season season = Season.Summer) =>
        Called($"GetOpeningTime {cafe} {season}", "7:30");

    private string Called(string call, string answer)
    {
        _calls.Enqueue(call);
        return answer;
    }
}
