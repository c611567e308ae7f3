namespace FuncQueue.Benchmarks.Runs;

/// <summary>Routing keys of messages, and patterns that some of them match.</summary>
internal static class RoutingKeys
{
    private static readonly string[] Regions = ["eu", "us", "asia", "africa", "oceania"];
    private static readonly string[] Events = ["created", "changed", "sent", "paid", "removed"];

    public static IReadOnlyList<string> Things { get; } =
    ["orders", "invoices", "parcels", "customers", "payments", "refunds", "carts", "reviews"];

    public static string Key(int i) => $"{Regions[i % 5]}.{Things[i % 8]}.{Events[i % 5]}.shop-{i % 50}.v1";

    /// <summary>A quarter each of keys, of <c>*</c>, of <c>#</c> behind and of both kinds of wildcard.</summary>
    public static string Pattern(int i)
    {
        var (region, thing, happened) = (Regions[i % 5], Things[i / 5 % 8], Events[i / 40 % 5]);
        return (i % 4) switch
        {
            0 => $"{region}.{thing}.{happened}.shop-{i % 50}.v1",
            1 => $"{region}.*.{happened}.shop-{i % 50}.*",
            2 => $"{region}.{thing}.{happened}.shop-{i % 50}.#",
            _ => $"*.{thing}.#.shop-{i % 50}.v1",
        };
    }
}
