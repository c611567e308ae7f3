using FuncQueue.Engine.Topics.Filters;
using FuncQueue.Engine.Topics.Log;

namespace FuncQueue.Engine.Tests.Topics.Filters;

/// <summary>A dry run names the first condition that failed, and what the message has there.</summary>
public sealed class ExplanationTests
{
    private static readonly Routable Message = AnyFilters.Sent(
        "orders.created",
        new Dictionary<string, string>
        {
            ["format"] = "png",
            ["weight"] = "25",
            ["tags"] = """["a","b","c","d"]""",
        },
        """{"customer":{"country":"FR","tier":3},"lines":[{"sku":"x"},{"sku":"y"}]}"""u8.ToArray()
    );

    [Theory]
    [InlineData(
        """[{"routingKey":["invoices.#","orders"]}]""",
        "filters[0].routingKey",
        "The routing key \"orders.created\" matches none of: \"invoices.#\", \"orders\"."
    )]
    [InlineData(
        """[{"attributes":{"format":["pdf"]}}]""",
        "filters[0].attributes.format",
        "The attribute \"format\" is \"png\", which matches none of: [\"pdf\"]."
    )]
    [InlineData(
        """[{"attributes":{"format":["png"],"weight":[{"numeric":[">",10,"<=",20]}]}}]""",
        "filters[0].attributes.weight",
        "The attribute \"weight\" is \"25\", which matches none of: [{\"numeric\":[\">\",10,\"<=\",20]}]."
    )]
    [InlineData(
        """[{"attributes":{"urgent":[{"exists":true}]}}]""",
        "filters[0].attributes.urgent",
        "The attribute \"urgent\" is missing; it must match one of: [{\"exists\":true}]."
    )]
    [InlineData(
        """[{"attributes":{"tags":["x"]}}]""",
        "filters[0].attributes.tags",
        "The attribute \"tags\" is \"a\", \"b\", \"c\" and 1 more, which matches none of: [\"x\"]."
    )]
    [InlineData(
        """[{"attributes":{"format":["pdf"],"weight":[1]},"match":"any"}]""",
        "filters[0].attributes",
        "None of the attributes matches; one would suffice."
    )]
    [InlineData(
        """[{"attributes":{"$or":[{"format":["pdf"]},{"weight":[1]}]}}]""",
        "filters[0].attributes.$or",
        "None of the 2 alternatives matches."
    )]
    [InlineData(
        """[{"body":{"customer":{"country":["DE",{"prefix":"A"}]}}}]""",
        "filters[0].body.customer.country",
        "The property \"country\" is \"FR\", which matches none of: [\"DE\",{\"prefix\":\"A\"}]."
    )]
    [InlineData(
        """[{"body":{"customer":{"tier":[1]}}}]""",
        "filters[0].body.customer.tier",
        "The property \"tier\" is 3, which matches none of: [1]."
    )]
    [InlineData(
        """[{"body":{"lines":{"sku":["z"]}}}]""",
        "filters[0].body.lines.sku",
        "The property \"sku\" is \"x\", which matches none of: [\"z\"]."
    )]
    [InlineData(
        """[{"body":{"shop":{"name":["z"]}}}]""",
        "filters[0].body.shop.name",
        "The property \"name\" is missing; it must match one of: [\"z\"]."
    )]
    [InlineData(
        """[{"routingKey":["x"]},{"attributes":{"format":["pdf"]}}]""",
        "filters[0].routingKey",
        "The routing key \"orders.created\" matches none of: \"x\"."
    )]
    public void The_first_condition_that_failed_is_named(string filters, string path, string sentence)
    {
        var verdict = Explain(filters, Message);
        verdict.Matched.ShouldBeFalse();
        verdict.Failed.ShouldBe(new Fault(path, sentence));
    }

    [Fact]
    public void A_body_that_filters_cannot_look_into_is_named()
    {
        const string Filters = """[{"body":{"a":["x"]}}]""";
        Explain(Filters, Message with { Body = "x"u8.ToArray() })
            .Failed.ShouldBe(new Fault("filters[0].body", "The body is no object in JSON."));
        foreach (var tooLong in new ReadOnlyMemory<byte>?[] { null, new byte[Limits.MaxFilteredBodyBytes + 1] })
            Explain(Filters, Message with { Body = tooLong })
                .Failed.ShouldBe(new Fault("filters[0].body", "The body is longer than 262144 bytes, so no filter looks into it."));
        Explain("""[{"routingKey":["x"]}]""", AnyFilters.Sent())
            .Failed.ShouldBe(new Fault("filters[0].routingKey", "The message has no routing key, which only # matches."));
    }

    [Fact]
    public void A_subscription_that_one_filter_of_several_makes_take_a_message_is_not_explained() =>
        Explain("""[{"routingKey":["x"]},{"routingKey":["orders.*"]}]""", Message).ShouldBe(new FilterVerdict(7, null));

    [Fact]
    public void What_is_long_is_shortened()
    {
        var detail = Explain(
            $$$"""[{"attributes":{"a":["{{{new string('y', 5000)}}}"]}}]""",
            AnyFilters.Sent(attributes: new Dictionary<string, string> { ["a"] = new string('x', 5000) + "\ud800" })
        ).Failed!.Detail;
        detail.Length.ShouldBeLessThan(400);
        detail.ShouldContain("xxx…");
    }

    private static FilterVerdict Explain(string filters, Routable message) =>
        SubscriptionMatcher.Compile([KeyValuePair.Create(7, AnyFilters.Parse(filters))]).Explain(message).ShouldHaveSingleItem();
}
