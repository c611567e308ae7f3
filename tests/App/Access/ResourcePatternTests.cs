using System.Text.RegularExpressions;
using FuncQueue.Functions.Access;

namespace FuncQueue.App.Tests.Access;

/// <summary>Which resources a pattern is for.</summary>
public sealed class ResourcePatternTests
{
    [Theory]
    [InlineData("*", "queue:orders", true)]
    [InlineData("*", "topic:orders", true)]
    [InlineData("orders", "queue:orders", true)]
    [InlineData("orders", "topic:orders", false)]
    [InlineData("queue:orders", "queue:orders", true)]
    [InlineData("queue:orders", "topic:orders", false)]
    [InlineData("topic:orders", "topic:orders", true)]
    [InlineData("topic:orders", "queue:orders", false)]
    [InlineData("topic:*", "topic:orders", true)]
    [InlineData("topic:*", "queue:orders", false)]
    [InlineData("queue:*", "topic:orders", false)]
    [InlineData("**", "queue:orders", true)]
    [InlineData("**", "topic:orders", false)]
    [InlineData("orders*", "queue:orders", true)]
    [InlineData("orders*", "queue:orders-eu.fifo", true)]
    [InlineData("orders*", "queue:order", false)]
    [InlineData("*orders", "queue:orders-eu", false)]
    [InlineData("o?ders", "queue:orders", true)]
    [InlineData("orders?", "queue:orders", false)]
    // Case counts, a dot is a dot, and nothing is a regular expression.
    [InlineData("orders", "queue:Orders", false)]
    [InlineData("a.b", "queue:axb", false)]
    [InlineData("a.b", "queue:a.b", true)]
    [InlineData("*.fifo", "queue:xfifo", false)]
    // A queue whose name only looks like a pattern's end, and patterns that look like prefixes.
    [InlineData("topic", "queue:topic", true)]
    [InlineData("queue", "queue:queue", true)]
    [InlineData("queue", "queue:orders", false)]
    public void A_pattern_matches_what_it_says(string pattern, string resource, bool matches)
    {
        ResourcePattern.TryParse(pattern, out var parsed).ShouldBeTrue();
        parsed.Matches(Parse(resource)).ShouldBe(matches);
    }

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    [InlineData("queue:")]
    [InlineData("topic:")]
    [InlineData("Queue:orders")]
    [InlineData("table:orders")]
    [InlineData("topic:queue:orders")]
    [InlineData("orders ")]
    [InlineData("orders,invoices")]
    [InlineData("orders/eu")]
    [InlineData("orders%2Feu")]
    [InlineData("[a-z]*")]
    [InlineData("örders")]
    [InlineData("0123456789012345678901234567890123456789012345678901234567890123456789012345678901")]
    public void What_is_no_pattern_is_refused(string? text) => ResourcePattern.TryParse(text, out _).ShouldBeFalse();

    /// <summary>
    /// Smuggled separators, wildcards in the name of a request, and names that are none: nothing short of all queues matches.
    /// </summary>
    [Theory]
    [InlineData("orders%2F..%2Fsecret")]
    [InlineData("orders/../secret")]
    [InlineData("orders*")]
    [InlineData("orders?")]
    [InlineData("*")]
    [InlineData("queue:orders")]
    [InlineData("orders ")]
    [InlineData("orders\0")]
    [InlineData("orders..eu")]
    [InlineData("")]
    public void A_name_that_no_queue_can_have_matches_no_pattern_but_those_of_all_queues(string name)
    {
        foreach (var text in (ReadOnlySpan<string>)["orders*", "o*", "*s", "?*", "orders?", "*r*", "topic:*"])
        {
            ResourcePattern.TryParse(text, out var pattern).ShouldBeTrue();
            pattern.Matches(Resource.Queue(name)).ShouldBeFalse($"{text} matches {name}");
        }

        ResourcePattern.Any.Matches(Resource.Queue(name)).ShouldBeTrue();
        Resource.Queue(name).ToString().ShouldBe("queue with an invalid name");
    }

    /// <summary>Against another way to match: a regular expression.</summary>
    [Fact]
    public void Matching_is_that_of_wildcards()
    {
        var random = new Random(25);
        var matched = 0;
        for (var i = 0; i < 20_000; i++)
        {
            var text = new string([.. Enumerable.Range(0, random.Next(1, 9)).Select(_ => "ab-*?"[random.Next(5)])]);
            var name = new string([.. Enumerable.Range(0, random.Next(1, 9)).Select(_ => "ab-"[random.Next(3)])]);
            ResourcePattern.TryParse("queue:" + text, out var pattern).ShouldBeTrue();
            var expected = Regex.IsMatch(
                name,
                $"^{Regex.Escape(text).Replace(@"\*", ".*", StringComparison.Ordinal).Replace(@"\?", ".", StringComparison.Ordinal)}$"
            );
            pattern.Matches(Resource.Queue(name)).ShouldBe(expected, $"{text} and {name}");
            matched += expected ? 1 : 0;
        }

        matched.ShouldBeInRange(1_000, 19_000);
    }

    [Fact]
    public void Stars_in_a_row_take_no_time()
    {
        ResourcePattern.TryParse(string.Concat(Enumerable.Repeat("*a", 40)), out var pattern).ShouldBeTrue();
        for (var i = 0; i < 100_000; i++)
            pattern.Matches(Resource.Queue(new string('a', 38) + "b")).ShouldBeFalse();
    }

    private static Resource Parse(string text) =>
        text.StartsWith("queue:", StringComparison.Ordinal)
            ? Resource.Queue(text["queue:".Length..])
            : Resource.Topic(text["topic:".Length..]);
}
