using CsCheck;
using FuncQueue.Engine.Topics.Filters;

namespace FuncQueue.Engine.Tests.Topics.Filters;

/// <summary>Patterns of routing keys mean what they mean in AMQP 0-9-1.</summary>
public sealed class RoutingKeyTests
{
    [Fact]
    public void Patterns_match_the_keys_that_a_regular_expression_matches() =>
        Gen.Select(AnyFilters.Patterns.Array[1, 12], AnyFilters.RoutingKey)
            .Sample(
                (patterns, key) =>
                {
                    var matcher = SubscriptionMatcher.Compile(patterns.Select((p, i) => KeyValuePair.Create(i, Filter(p))));
                    int[] expected = [.. Enumerable.Range(0, patterns.Length).Where(i => NaiveFilters.RoutingKeyMatches(patterns[i], key))];
                    matcher.Match(AnyFilters.Sent(key: key)).Numbers.ToArray().ShouldBe(expected);
                    // One by one, as where the routing key is not what finds a filter.
                    Range[] words = [];
                    for (var i = 0; i < patterns.Length; i++)
                        new RoutingPattern(patterns[i]).Matches(new RoutingKey(key, ref words)).ShouldBe(expected.Contains(i));
                },
                iter: 3000
            );

    [Theory]
    [InlineData("orders.*.created", "orders.eu.created", true)]
    [InlineData("orders.*.created", "orders.created", false)]
    [InlineData("orders.*.created", "orders.eu.de.created", false)]
    [InlineData("eu.#", "eu", true)]
    [InlineData("eu.#", "eu.orders.created", true)]
    [InlineData("eu.#", "europe", false)]
    [InlineData("#.created", "created", true)]
    [InlineData("a.#.b", "a.b", true)]
    [InlineData("a.#.b", "a.c.b.c.b", true)]
    [InlineData("*.#", "a", true)]
    [InlineData("*.#", "", false)]
    [InlineData("#.*", "a.b", true)]
    [InlineData("*", "", false)]
    [InlineData("*", "a.", false)]
    [InlineData("*.*", ".", true)]
    [InlineData("#", "", true)]
    [InlineData("#", null, true)]
    [InlineData("#.#", null, true)]
    [InlineData("a", null, false)]
    [InlineData("a", "A", false)]
    [InlineData("a*", "ab", false)]
    [InlineData("a*", "a*", true)]
    public void Patterns_match_as_in_a_topic_exchange(string pattern, string? key, bool matches) =>
        SubscriptionMatcher
            .Compile([KeyValuePair.Create(1, Filter(pattern))])
            .Match(AnyFilters.Sent(key: key))
            .Count.ShouldBe(matches ? 1 : 0);

    private static SubscriptionFilters Filter(string pattern) =>
        AnyFilters.Parse($$"""[{"routingKey":[{{System.Text.Json.JsonSerializer.Serialize(pattern)}}]}]""");
}
