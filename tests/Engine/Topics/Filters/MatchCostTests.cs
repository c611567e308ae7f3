using System.Text;
using FuncQueue.Engine.Topics.Filters;

namespace FuncQueue.Engine.Tests.Topics.Filters;

/// <summary>What routing costs, counted: of 1,000 subscriptions it looks at those that may match.</summary>
public sealed class MatchCostTests
{
    private static readonly Dictionary<string, string> Tenant = new() { ["tenant"] = "t500", ["kind"] = "order" };

    [Theory]
    [InlineData("""[{"routingKey":["a.t{0}"]}]""", 0)]
    [InlineData("""[{"routingKey":["a.t{0}.#"]}]""", 0)]
    [InlineData("""[{"routingKey":["*.t{0}","#.x"]}]""", 0)]
    [InlineData("""[{"attributes":{"tenant":["t{0}"]}}]""", 1)]
    [InlineData("""[{"attributes":{"tenant":[{"equals-ignore-case":"T{0}"}]}}]""", 1)]
    [InlineData("""[{"attributes":{"kind":["order"],"tenant":["t{0}","u{0}"]}}]""", 1)]
    [InlineData("""[{"attributes":{"kind":[{"prefix":"o"}],"tenant":["t{0}"]}}]""", 1)]
    [InlineData("""[{"attributes":{"$or":[{"tenant":["t{0}"]},{"tenant":["v{0}"]}]}}]""", 1)]
    [InlineData("""[{"attributes":{"tenant":["t{0}"],"user":["u{0}"]},"match":"any"}]""", 1)]
    [InlineData("""[{"routingKey":["a.#"],"attributes":{"tenant":["t{0}"]}}]""", 1)]
    [InlineData("""[{"routingKey":["a.t{0}"],"attributes":{"kind":["order"]}}]""", 1)]
    [InlineData("""[{"body":{"customer":{"id":[{0}]}}}]""", 1)]
    [InlineData("""[{"attributes":{"kind":["order"]},"body":{"customer":{"id":[{0}]}}}]""", 1)]
    [InlineData("""[{"attributes":{"other{0}":[{"prefix":"x"}]}}]""", 0, false)]
    [InlineData("""[{"attributes":{"kind":[{"prefix":"o"}],"tenant":[{"suffix":"t{0}"}]}}]""", 1000)]
    public void Of_1000_subscriptions_those_that_share_a_key_with_the_message_are_examined(string filters, int examined, bool taken = true)
    {
        var matcher = Compile(i => filters.Replace("{0}", $"{i}", StringComparison.Ordinal));
        var message = AnyFilters.Sent(key: "a.t500", attributes: Tenant, body: """{"customer":{"id":500}}"""u8.ToArray());
        matcher.Match(message, out var cost).Numbers.ToArray().ShouldBe(taken ? [500] : []);
        cost.Examined.ShouldBe(examined);
    }

    [Fact]
    public void A_body_is_read_once_and_only_where_a_filter_asks_for_it()
    {
        var message = AnyFilters.Sent(key: "a", body: """{"a":1}"""u8.ToArray());
        var without = Compile(i => $$$"""[{"attributes":{"a":["{{{i}}}"]}}]""");
        without.ReadsBodies.ShouldBeFalse();
        without.Match(message, out var cost);
        cost.ReadBody.ShouldBeFalse();

        // The conditions on its routing key fail first.
        var other = Compile(i => $$$"""[{"routingKey":["b"],"body":{"a":[{"numeric":["<",{{{i}}}]}]}}]""");
        other.ReadsBodies.ShouldBeTrue();
        other.Match(message, out cost);
        cost.ReadBody.ShouldBeFalse();

        Compile(i => "[{\"body\":{}}]").ReadsBodies.ShouldBeTrue();
        Compile(i => "[{\"body\":{}}]").Match(message, out cost).Count.ShouldBe(1000);
        cost.ReadBody.ShouldBeTrue();
    }

    [Fact]
    public void A_routing_key_visits_each_place_of_the_trie_once_a_word_at_most()
    {
        // Each # may stand for any number of the words, in more ways than could be tried.
        var pattern = string.Join('.', Enumerable.Repeat("#.a", 31)) + ".b";
        var key = string.Join('.', Enumerable.Repeat("a", 64));
        var matcher = Compile(i => $$"""[{"routingKey":["{{pattern}}","{{pattern}}{{i}}"]}]""");
        matcher.Match(AnyFilters.Sent(key: key), out var cost).Count.ShouldBe(0);
        cost.Places.ShouldBeLessThan((1000 + 64) * 65);
        matcher.Match(AnyFilters.Sent(key: key[..61] + ".b")).Count.ShouldBe(1000);
        // And where a pattern is tried by itself.
        Range[] words = [];
        new RoutingPattern(pattern).Matches(new RoutingKey(key, ref words)).ShouldBeFalse();
    }

    [Fact]
    public void Sets_are_remembered_up_to_a_number()
    {
        var sets = new SubscriptionSets([.. Enumerable.Range(0, 64)]);
        for (var i = 0UL; i < 10_000; i++)
            sets.Of([i]);
        sets.Count.ShouldBeLessThanOrEqualTo(4096);
        sets.Of([5]).Numbers.ToArray().ShouldBe([0, 2]);
    }

    private static SubscriptionMatcher Compile(Func<int, string> filters) =>
        SubscriptionMatcher.Compile(Enumerable.Range(0, 1000).Select(i => KeyValuePair.Create(i, AnyFilters.Parse(filters(i)))));
}
