using System.Text;
using FuncQueue.Engine.Topics.Filters;
using FuncQueue.Engine.Topics.Log;

namespace FuncQueue.Engine.Tests.Topics.Filters;

/// <summary>
/// No filter and no message takes more than its size makes reasonable. Times are compared with each other, never with a clock.
/// </summary>
public sealed class HostileFilterTests
{
    /// <summary>Sixteen times the text would take 256 times as long if time grew with the square.</summary>
    [Theory]
    [InlineData("*a*a*a*a*a*a*a*a*a*a*b")]
    [InlineData("*aaaaaaaaaaaaaaab*")]
    [InlineData("LONG")]
    public void The_time_of_a_wildcard_grows_with_the_text(string pattern)
    {
        pattern = pattern == "LONG" ? $"*{new string('a', 4000)}b*" : pattern;
        var wildcard = Wildcard.Parse(pattern, out _)!;
        var (few, many) = (new string('a', 16_000), new string('a', 256_000));
        Ratio(() => wildcard.Matches(few).ShouldBeFalse(), () => wildcard.Matches(many).ShouldBeFalse()).ShouldBeLessThan(80);
    }

    /// <summary>Each may search the whole of a body.</summary>
    [Theory]
    [InlineData(100, 0)]
    [InlineData(102, 2)]
    public void So_many_conditions_of_a_subscription_have_a_wildcard_wherever_they_stand_and_no_more(int wildcards, int faults)
    {
        var conditions = Enumerable
            .Range(0, wildcards)
            .Select(i => i % 2 == 0 ? $"{{\"wildcard\":\"*{i}*\"}}" : $"{{\"anything-but\":{{\"wildcard\":\"*{i}*\"}}}}");
        var (one, other) = (string.Join(',', conditions.Take(50)), string.Join(',', conditions.Skip(50)));
        var json = Encoding.UTF8.GetBytes($"[{{\"body\":{{\"a\":[{one}]}}}},{{\"attributes\":{{\"b\":[{other}]}}}}]");
        SubscriptionFilters.TryParse(json, "filters", out _, out var found).ShouldBe(faults == 0);
        found.Count.ShouldBe(faults);
    }

    [Fact]
    public void Alternatives_within_alternatives_are_not_multiplied_out()
    {
        // 2^600 combinations.
        var filters = $"[{{\"body\":{Each("{\"$or\":[{\"a\":[\"1\"]},{\"b\":[\"2\"]}]}")}}}]";
        var matcher = Compile(filters);
        matcher.Match(Body("2")).Count.ShouldBePositive();
        matcher.Match(Body("3")).Count.ShouldBe(0);

        static Routable Body(string b) => AnyFilters.Sent(body: Encoding.UTF8.GetBytes(Each($"[{{\"a\":\"2\"}},{{\"b\":\"{b}\"}}]")));

        static string Each(string value) => $"{{{string.Join(",", Enumerable.Range(0, 600).Select(i => $"\"p{i}\":{value}"))}}}";
    }

    [Fact]
    public void A_body_may_be_as_deep_and_as_wide_as_it_likes()
    {
        var matcher = Compile($"[{{\"body\":{Deep("{\"a\":[\"x\"]}", 15)}}}]");
        foreach (
            var body in new[]
            {
                $"{{\"a\":{new string('[', 131_000)}{new string(']', 131_000)}}}",
                $"{{\"a\":{string.Concat(Enumerable.Repeat("{\"b\":", 37_000))}1{new string('}', 37_000)}}}",
                Deep("""{"a":"x"}""", 30_000),
                $"{{\"a\":[{string.Join(",", Enumerable.Repeat("{}", 80_000))}]}}",
                $"{{{string.Join(",", Enumerable.Repeat("\"a\":{}", 37_000))}}}",
            }
        )
        {
            Encoding.UTF8.GetByteCount(body).ShouldBeLessThanOrEqualTo(Limits.MaxFilteredBodyBytes);
            matcher.Match(AnyFilters.Sent(body: Encoding.UTF8.GetBytes(body))).Count.ShouldBe(0);
        }

        matcher.Match(AnyFilters.Sent(body: Encoding.UTF8.GetBytes(Deep("""{"a":[[["x"]]]}""", 15)))).Count.ShouldBePositive();

        static string Deep(string inner, int depth) => string.Concat(Enumerable.Repeat("{\"a\":", depth)) + inner + new string('}', depth);
    }

    [Fact]
    public void An_attribute_may_be_an_array_as_deep_as_it_likes()
    {
        var matcher = Compile("""[{"attributes":{"a":["x"]}}]""");
        Takes(new string('[', 16_000) + new string(']', 16_000)).ShouldBeFalse();
        Takes(new string('[', 16_000) + "\"x\"" + new string(']', 16_000)).ShouldBeTrue();
        Takes(new string('[', 16_000) + "\"x\"" + new string(']', 15_999)).ShouldBeFalse();
        bool Takes(string value) => matcher.Match(AnyFilters.Sent(attributes: new Dictionary<string, string> { ["a"] = value })).Count > 0;
    }

    [Fact]
    public void Objects_of_a_body_take_no_room_for_all_that_filters_ask_for()
    {
        var names = string.Join(",", Enumerable.Range(0, 5000).Select(i => $"\"n{i}\":[1]"));
        var matcher = Compile($"[{{\"body\":{{\"a\":{{{names}}}}}}}]");
        var body = Encoding.UTF8.GetBytes($"{{\"a\":[{string.Join(",", Enumerable.Repeat("{\"n1\":1}", 20_000))}]}}");
        var before = GC.GetAllocatedBytesForCurrentThread();
        matcher.Match(AnyFilters.Sent(body: body)).Count.ShouldBe(0);
        // An array of 5,000 fields for each object would be 800 MB.
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(40_000_000);
    }

    /// <summary>How many times as long the second takes, each at its best of several times.</summary>
    private static double Ratio(Action one, Action other)
    {
        var (first, second) = (TimeSpan.MaxValue, TimeSpan.MaxValue);
        for (var i = 0; i < 30; i++)
        {
            first = Least(first, one);
            second = Least(second, other);
        }

        return second / first;

        static TimeSpan Least(TimeSpan least, Action act)
        {
            var began = TimeProvider.System.GetTimestamp();
            act();
            var took = TimeProvider.System.GetElapsedTime(began);
            return took < least ? took : least;
        }
    }

    private static SubscriptionMatcher Compile(string filters) =>
        SubscriptionMatcher.Compile([KeyValuePair.Create(1, AnyFilters.Parse(filters))]);
}
