using System.Text;
using FuncQueue.Benchmarks.Workers;
using FuncQueue.Engine.Topics.Filters;
using FuncQueue.Engine.Topics.Log;

namespace FuncQueue.Benchmarks.Runs;

/// <summary>Routing by the filters of 1,000 subscriptions, in one thread, without storage.</summary>
internal static class MatchingRun
{
    private const int Subscriptions = 1000;
    private const int Messages = 997;

    private static readonly Dictionary<string, string> None = [];
    private static readonly string Lines = new('x', 900);

    /// <summary>Bindings as of a topic exchange.</summary>
    public static Run TopicExchange { get; } =
        Create("matching, 1,000 bindings of routing keys", i => $$"""[{"routingKey":["{{RoutingKeys.Pattern(i)}}"]}]""", Keyed);

    /// <summary>A tenant each.</summary>
    public static Run Attributes { get; } =
        Create(
            "matching, 1,000 attribute values",
            i => $$$"""[{"attributes":{"tenant":["tenant-{{{i}}}"],"kind":["{{{RoutingKeys.Things[i % 8]}}}",{"prefix":"x"}]}}]""",
            i => new Routable("", Tenant(i), null)
        );

    /// <summary>Conditions that no index finds.</summary>
    public static Run Ranges { get; } =
        Create(
            "matching, 1,000 numeric ranges",
            i => $$$"""[{"attributes":{"weight":[{"numeric":[">",{{{i}}},"<=",{{{i + 3}}}]}]}}]""",
            i => new Routable("", new Dictionary<string, string> { ["weight"] = $"{i}.5", ["kind"] = RoutingKeys.Things[i % 8] }, null)
        );

    /// <summary>In bodies of 1 KB.</summary>
    public static Run Bodies { get; } =
        Create(
            "matching, 1,000 values in bodies",
            i => $$$$"""[{"body":{"customer":{"tenant":["tenant-{{{{i}}}}"]}}}]""",
            i => new Routable(
                "",
                None,
                Encoding.UTF8.GetBytes(
                    $$$"""{"lines":["{{{Lines}}}"],"customer":{"name":"somebody","tenant":"tenant-{{{i}}}"},"total":{{{i}}}}"""
                )
            )
        );

    /// <summary>From the filters as they are stored to a matcher; one is a message.</summary>
    public static Run Compile { get; } =
        new(
            "matching, compiling 1,000 subscriptions",
            size =>
            {
                var json = Enumerable
                    .Range(0, Subscriptions)
                    .Select(i =>
                        Encoding.UTF8.GetBytes(
                            $$$"""[{"routingKey":["{{{RoutingKeys.Pattern(i)}}}"],"attributes":{"tenant":["tenant-{{{i}}}"]}}]"""
                        )
                    )
                    .ToList();
                return Task.FromResult(
                    Measure(size, _ => SubscriptionMatcher.Compile(json.Select((f, i) => KeyValuePair.Create(i, Parse(f)))))
                );
            }
        )
        {
            Counted = "matchers",
        };

    private static Run Create(string name, Func<int, string> filters, Func<int, Routable> message) =>
        new(
            name,
            size =>
            {
                var matcher = SubscriptionMatcher.Compile(
                    Enumerable.Range(0, Subscriptions).Select(i => KeyValuePair.Create(i, Parse(Encoding.UTF8.GetBytes(filters(i)))))
                );
                var messages = Enumerable.Range(0, Messages).Select(message).ToArray();
                if (!messages.Any(m => matcher.Match(m).Count > 0))
                    throw new InvalidOperationException("No message matches.");
                return Task.FromResult(Measure(size, i => matcher.Match(messages[i % Messages])));
            }
        );

    private static Measurement Measure(Size size, Action<int> act)
    {
        // The runtime compiles what is hot anew after some calls, and in the background.
        Repeat(TimeSpan.FromSeconds(Math.Max(size.WarmSeconds, size.Seconds) / 2), act);
        var before = Environment.CpuUsage.TotalTime;
        var (count, elapsed) = Repeat(TimeSpan.FromSeconds(size.Seconds), act);
        // Processor time: whatever else runs on the machine, this is what a message costs.
        return new Measurement
        {
            Messages = count,
            Seconds = elapsed.TotalSeconds,
            Other = (Environment.CpuUsage.TotalTime - before).TotalMicroseconds / count,
        };
    }

    private static (int Count, TimeSpan Elapsed) Repeat(TimeSpan time, Action<int> act)
    {
        var began = TimeProvider.System.GetTimestamp();
        var count = 0;
        do
        {
            act(count++);
        } while (TimeProvider.System.GetElapsedTime(began) < time);
        return (count, TimeProvider.System.GetElapsedTime(began));
    }

    private static SubscriptionFilters Parse(byte[] json) =>
        SubscriptionFilters.TryParse(json, "filters", out var filters, out var faults)
            ? filters
            : throw new InvalidOperationException(string.Join(" ", faults));

    private static Routable Keyed(int i) => new(RoutingKeys.Key(i), None, null);

    private static Dictionary<string, string> Tenant(int i) =>
        new()
        {
            ["tenant"] = $"tenant-{i}",
            ["kind"] = RoutingKeys.Things[i % 8],
            ["weight"] = $"{i}",
        };
}
