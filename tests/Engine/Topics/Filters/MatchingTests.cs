using CsCheck;
using FuncQueue.Engine.Topics.Filters;
using FuncQueue.Engine.Topics.Log;

namespace FuncQueue.Engine.Tests.Topics.Filters;

/// <summary>What the matcher says of many subscriptions at once is what the rules say of each.</summary>
public sealed class MatchingTests
{
    private static readonly Gen<(Dictionary<int, string> Subscriptions, Routable[] Messages)> Case = Gen.Select(
        Gen.Dictionary(Gen.Int[1, 5000], AnyFilters.Filters)[0, 40],
        AnyFilters.Message.Array[1, 8]
    );

    [Fact]
    public void Each_subscription_takes_what_the_rules_say() =>
        Case.Sample(
            (subscriptions, messages) =>
            {
                var matcher = Compile(subscriptions);
                foreach (var message in messages)
                {
                    int[] expected = [.. subscriptions.Where(s => NaiveFilters.Takes(s.Value, message)).Select(s => s.Key).Order()];
                    matcher.Match(message).Numbers.ToArray().ShouldBe(expected, AnyFilters.Show(message));
                }
            },
            iter: 1000
        );

    [Fact]
    public void A_dry_run_says_of_each_subscription_what_routing_does() =>
        Case.Sample(
            (subscriptions, messages) =>
            {
                var matcher = Compile(subscriptions);
                foreach (var message in messages)
                {
                    var verdicts = matcher.Explain(message);
                    verdicts.Select(v => v.Subscription).ShouldBe(subscriptions.Keys.Order());
                    verdicts.Where(v => v.Matched).Select(v => v.Subscription).ShouldBe(matcher.Match(message).Numbers.ToArray());
                    verdicts.Where(v => !v.Matched).ShouldAllBe(v => v.Failed!.Field.StartsWith("filters[0].", StringComparison.Ordinal));
                }
            },
            iter: 300
        );

    [Fact]
    public void Many_of_the_generated_filters_match_and_many_do_not()
    {
        var (taken, left) = (0, 0);
        Case.Sample(
            (subscriptions, messages) =>
            {
                var matcher = Compile(subscriptions);
                foreach (var message in messages)
                {
                    var count = matcher.Match(message).Count;
                    Interlocked.Add(ref taken, count);
                    Interlocked.Add(ref left, subscriptions.Count - count);
                }
            },
            iter: 300
        );
        // The comparison with the rules is about something.
        taken.ShouldBeGreaterThan(1000);
        left.ShouldBeGreaterThan(1000);
    }

    [Fact]
    public void A_long_list_of_values_matches_as_a_short_one_does()
    {
        var values = Enumerable.Range(0, 30).SelectMany(i => new[] { $"\"x{i}\"", $"{i}.5", $"{{\"equals-ignore-case\":\"Y{i}\"}}" });
        var matcher = Compile(new() { [1] = $"[{{\"attributes\":{{\"a\":[{string.Join(",", values)}]}}}}]" });
        foreach (
            var (value, taken) in new[]
            {
                ("x0", 1),
                ("x29", 1),
                ("x30", 0),
                ("0.50", 1),
                ("295e-1", 1),
                ("30.5", 0),
                ("y7", 1),
                ("y30", 0),
            }
        )
            matcher.Match(AnyFilters.Sent(attributes: new Dictionary<string, string> { ["a"] = value })).Count.ShouldBe(taken, value);
    }

    [Fact]
    public void The_same_subscriptions_are_the_same_object()
    {
        var matcher = Compile(
            new()
            {
                [3] = "[]",
                [7] = """[{"routingKey":["a.#"]}]""",
                [5] = """[{"routingKey":["a.b"]}]""",
            }
        );
        var one = matcher.Match(AnyFilters.Sent(key: "a.c"));
        one.Numbers.ToArray().ShouldBe([3, 7]);
        matcher.Match(AnyFilters.Sent(key: "a")).ShouldBeSameAs(one);
        matcher.Match(AnyFilters.Sent(key: "a.b")).Numbers.ToArray().ShouldBe([3, 5, 7]);
        matcher.Match(AnyFilters.Sent(key: "c")).Numbers.ToArray().ShouldBe([3]);
    }

    [Fact]
    public void Without_subscriptions_nobody_takes_a_message()
    {
        var matcher = Compile([]);
        matcher.Match(AnyFilters.Sent(key: "a")).Count.ShouldBe(0);
        matcher.Explain(AnyFilters.Sent()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Threads_that_route_at_once_do_not_disturb_each_other()
    {
        var subscriptions = Enumerable.Range(0, 300).ToDictionary(i => i, i => $$$"""[{"attributes":{"n":["{{{i}}}"]}}]""");
        var matcher = Compile(subscriptions);
        await Parallel.ForEachAsync(
            Enumerable.Range(0, 20_000),
            TestContext.Current.CancellationToken,
            (i, _) =>
            {
                var n = i % 300;
                matcher
                    .Match(AnyFilters.Sent(attributes: new Dictionary<string, string> { ["n"] = $"{n}" }))
                    .Numbers.ToArray()
                    .ShouldBe([n]);
                return ValueTask.CompletedTask;
            }
        );
    }

    private static SubscriptionMatcher Compile(Dictionary<int, string> subscriptions) =>
        SubscriptionMatcher.Compile(subscriptions.Select(s => KeyValuePair.Create(s.Key, AnyFilters.Parse(s.Value))));
}
