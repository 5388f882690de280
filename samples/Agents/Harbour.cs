using System.ComponentModel;
using Microsoft.SemanticKernel;

namespace SkPaged.Agents;

/// <summary>Who an agent is, and what it is asked.</summary>
internal sealed record Role(string Name, string Question);

/// <summary>What all agents know, what they can do, and who they are.</summary>
internal static class Harbour
{
    /// <summary>The beginning of every agent's prompt, the same to the last character.</summary>
    public const string Preamble =
        """
        You answer questions about the harbour of Lindholm. Be brief. You can call functions.

        The Blue Anchor is a cafe. Mira Toft runs the Blue Anchor. The Blue Anchor opens at 7:30.
        The Blue Anchor closes at 18:00. Its wifi password is herring42.
        Jonas Reed bakes the bread. Jonas Reed can be reached at 555-0142.
        The ferry to Skarvik leaves at 9:15. The ferry to Holm leaves at 11:40.
        The boat house is behind the mill. Elsa Brandt keeps the keys of the boat house.
        The museum opens at 10:00. The museum is closed on Monday. Omar Haddad runs the museum.
        The library is next to the church. Lena Voss runs the library. It closes at 19:00.
        The harbour master is Peter Lund. Peter Lund lives in the lighthouse.
        The market takes place on Saturday. Ines Costa sells the fish. Hugo Marsh repairs the nets.
        """;

    /// <summary>Sixteen agents, and more if asked for.</summary>
    public static IReadOnlyList<Role> Roles { get; } =
    [
        new("Host", "Who runs the Blue Anchor?"),
        new("Cook", "What is the price of the soup?"),
        new("Guide", "When does the museum open?"),
        new("Pilot", "When does the ferry to Skarvik leave?"),
        new("Clerk", "Who keeps the keys of the boat house?"),
        new("Baker", "Who bakes the bread?"),
        new("Trader", "What is the price of the coffee?"),
        new("Reader", "Who runs the library?"),
        new("Guest", "When does the Blue Anchor close?"),
        new("Master", "Who is the harbour master?"),
        new("Fisher", "Who sells the fish?"),
        new("Porter", "Where is the boat house?"),
        new("Buyer", "What is the price of the bread?"),
        new("Keeper", "Who runs the museum?"),
        new("Sailor", "When does the ferry to Holm leave?"),
        new("Mender", "Who repairs the nets?"),
    ];

    /// <summary>The tools, in one order.</summary>
    public static KernelPlugin Tools() => KernelPluginFactory.CreateFromFunctions(
        "Price",
        [
            KernelFunctionFactory.CreateFromMethod(
                ([Description("The product")] string product) => product switch
                {
                    "soup" => "6 euros",
                    "coffee" => "3 euros",
                    _ => "2 euros",
                },
                "GetPrice", "Get the current price of a product."),
        ]);
}
