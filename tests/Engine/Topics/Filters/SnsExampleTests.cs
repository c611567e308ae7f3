using System.Text;
using System.Text.Json;
using FuncQueue.Engine.Topics.Filters;

namespace FuncQueue.Engine.Tests.Topics.Filters;

/// <summary>
/// The examples of Amazon SNS's documentation: <see href="https://docs.aws.amazon.com/sns/latest/dg/string-value-matching.html"/>,
/// numeric-value-matching, attribute-key-matching, and-or-logic and example-filter-policies. Each holds of attributes and of bodies.
/// </summary>
public sealed class SnsExampleTests
{
    private const string Interests = "customer_interests";

    [Theory]
    [InlineData("""["rugby","tennis"]""", "\"rugby\"", true)]
    [InlineData("""["rugby","tennis"]""", "\"tennis\"", true)]
    [InlineData("""["rugby","tennis"]""", "[\"rugby\",\"tennis\"]", true)]
    [InlineData("""["rugby","tennis"]""", "\"baseball\"", false)]
    [InlineData("""["rugby","tennis"]""", "[\"baseball\"]", false)]
    [InlineData("""[{"anything-but":["rugby","tennis"]}]""", "\"baseball\"", true)]
    [InlineData("""[{"anything-but":["rugby","tennis"]}]""", "\"football\"", true)]
    [InlineData("""[{"anything-but":["rugby","tennis"]}]""", "[\"rugby\",\"baseball\"]", true)]
    [InlineData("""[{"anything-but":["rugby","tennis"]}]""", "\"rugby\"", false)]
    [InlineData("""[{"anything-but":["rugby","tennis"]}]""", "[\"rugby\"]", false)]
    [InlineData("""[{"anything-but":{"prefix":"order-"}}]""", "\"data-entry\"", true)]
    [InlineData("""[{"anything-but":{"prefix":"order-"}}]""", "\"order_number\"", true)]
    [InlineData("""[{"anything-but":{"prefix":"order-"}}]""", "\"order-cancelled\"", false)]
    [InlineData("""[{"anything-but":{"wildcard":"*ball"}}]""", "[\"hockey\",\"rugby\",\"soccer\"]", true)]
    [InlineData("""[{"anything-but":{"wildcard":"*ball"}}]""", "[\"baseball\",\"basketball\"]", false)]
    [InlineData("""[{"anything-but":{"suffix":"ball"}}]""", "[\"hockey\",\"rugby\",\"soccer\"]", true)]
    [InlineData("""[{"anything-but":{"suffix":"ball"}}]""", "[\"baseball\",\"basketball\"]", false)]
    [InlineData("""[{"equals-ignore-case":"tennis"}]""", "\"TENNIS\"", true)]
    [InlineData("""[{"equals-ignore-case":"tennis"}]""", "\"teNnis\"", true)]
    [InlineData("""[{"cidr":"10.0.0.0/24"}]""", "\"10.0.0.0\"", true)]
    [InlineData("""[{"cidr":"10.0.0.0/24"}]""", "\"10.0.0.255\"", true)]
    [InlineData("""[{"cidr":"10.0.0.0/24"}]""", "\"10.1.1.0\"", false)]
    [InlineData("""[{"prefix":"bas"}]""", "\"baseball\"", true)]
    [InlineData("""[{"prefix":"bas"}]""", "\"basketball\"", true)]
    [InlineData("""[{"prefix":"bas"}]""", "\"rugby\"", false)]
    [InlineData("""[{"suffix":"ball"}]""", "\"baseball\"", true)]
    [InlineData("""[{"suffix":"ball"}]""", "\"rugby\"", false)]
    [InlineData("""[{"wildcard":"*ball"}]""", "[\"baseball\",\"basketball\"]", true)]
    public void Strings_match_as_documented(string conditions, string value, bool matches) => Check(conditions, value, matches);

    [Theory]
    [InlineData("""[{"numeric":["=",301.5]}]""", "301.5", true)]
    [InlineData("""[{"numeric":["=",301.5]}]""", "3.015e2", true)]
    [InlineData("""[{"anything-but":[100,500]}]""", "101", true)]
    [InlineData("""[{"anything-but":[100,500]}]""", "100.1", true)]
    [InlineData("""[{"anything-but":[100,500]}]""", "[100,50]", true)]
    [InlineData("""[{"anything-but":[100,500]}]""", "100", false)]
    [InlineData("""[{"numeric":["<",0]}]""", "-0.5", true)]
    [InlineData("""[{"numeric":["<",0]}]""", "0", false)]
    [InlineData("""[{"numeric":[">",0,"<=",150]}]""", "150", true)]
    [InlineData("""[{"numeric":[">",0,"<=",150]}]""", "150.00001", false)]
    [InlineData("""[{"numeric":[">",0,"<=",150]}]""", "0", false)]
    public void Numbers_match_as_documented(string conditions, string value, bool matches) => Check(conditions, value, matches);

    [Theory]
    [InlineData("""[{"exists":true}]""", true)]
    [InlineData("""[{"exists":false}]""", false)]
    public void Whether_a_property_exists_matters_as_documented(string conditions, bool matchesIfThere)
    {
        const string Store = "store";
        var there = """{"store":"fans","customer_interests":["baseball","basketball"]}""";
        var missing = """{"customer_interests":["baseball","basketball"]}""";
        Takes("attributes", $"{{\"{Store}\":{conditions}}}", there).ShouldBe(matchesIfThere);
        Takes("body", $"{{\"{Store}\":{conditions}}}", there).ShouldBe(matchesIfThere);
        Takes("attributes", $"{{\"{Store}\":{conditions}}}", missing).ShouldBe(!matchesIfThere);
        Takes("body", $"{{\"{Store}\":{conditions}}}", missing).ShouldBe(!matchesIfThere);
    }

    [Theory]
    [InlineData(
        """{"customer_interests":["rugby"],"price_usd":[{"numeric":[">",100]}]}""",
        """{"customer_interests":"rugby","price_usd":101}""",
        true
    )]
    [InlineData(
        """{"customer_interests":["rugby"],"price_usd":[{"numeric":[">",100]}]}""",
        """{"customer_interests":"rugby","price_usd":100}""",
        false
    )]
    [InlineData(
        """{"source":["aws.cloudwatch"],"$or":[{"metricName":["CPUUtilization"]},{"namespace":["AWS/EC2"]}]}""",
        """{"source":"aws.cloudwatch","metricName":"CPUUtilization"}""",
        true
    )]
    [InlineData(
        """{"source":["aws.cloudwatch"],"$or":[{"metricName":["CPUUtilization"]},{"namespace":["AWS/EC2"]}]}""",
        """{"source":"aws.cloudwatch","namespace":"AWS/EC2"}""",
        true
    )]
    [InlineData(
        """{"source":["aws.cloudwatch"],"$or":[{"metricName":["CPUUtilization"]},{"namespace":["AWS/EC2"]}]}""",
        """{"source":"aws.cloudwatch"}""",
        false
    )]
    [InlineData(
        """{"source":["aws.cloudwatch"],"$or":[{"metricName":["CPUUtilization"]},{"namespace":["AWS/EC2"]}]}""",
        """{"namespace":"AWS/EC2"}""",
        false
    )]
    [InlineData(
        """{"source":["aws.cloudwatch"],"$or":[{"metricName":["CPUUtilization","ReadLatency"]},{"metricType":["MetricType"]"""
            + ""","$or":[{"metricId":[1234,4321]},{"spaceId":[1000,2000,3000]}]}]}""",
        """{"source":"aws.cloudwatch","metricType":"MetricType","spaceId":2000}""",
        true
    )]
    [InlineData(
        """{"source":["aws.cloudwatch"],"$or":[{"metricName":["CPUUtilization","ReadLatency"]},{"metricType":["MetricType"]"""
            + ""","$or":[{"metricId":[1234,4321]},{"spaceId":[1000,2000,3000]}]}]}""",
        """{"source":"aws.cloudwatch","metricType":"MetricType"}""",
        false
    )]
    public void Members_join_as_documented(string policy, string message, bool matches)
    {
        Takes("attributes", policy, message).ShouldBe(matches);
        Takes("body", policy, message).ShouldBe(matches);
    }

    [Theory]
    [InlineData(
        """{"store":["example_corp"],"event":[{"anything-but":"order_cancelled"}]"""
            + ""","customer_interests":["rugby","football","baseball"],"price_usd":[{"numeric":[">=",100]}]}""",
        true
    )]
    [InlineData(
        """{"store":["example_corp"],"event":["order_cancelled"],"encrypted":[false],"customer_interests":["basketball","baseball"]}""",
        false
    )]
    public void The_example_message_is_taken_as_documented(string policy, bool matches)
    {
        const string Message =
            """{"customer_interests":["soccer","rugby","hockey"],"store":"example_corp","event":"order_placed","price_usd":210.75}""";
        Takes("attributes", policy, Message).ShouldBe(matches);
        Takes("body", policy, Message).ShouldBe(matches);
    }

    /// <summary>From AWS's post "Introducing payload-based message filtering for Amazon SNS".</summary>
    [Theory]
    [InlineData("""{"Records":[{"eventName":"ObjectCreated:Put","s3":{"object":{"key":"auto-insurance-2314.xml","size":17}}}]}""", true)]
    [InlineData(
        """{"Records":[{"eventName":"ObjectRemoved:Delete","s3":{"object":{"key":"auto-insurance-2314.xml","size":17}}}]}""",
        false
    )]
    [InlineData("""{"Records":[{"eventName":"ObjectCreated:Put","s3":{"object":{"key":"home-insurance-2314.xml","size":17}}}]}""", false)]
    [InlineData(
        """{"Records":[{"eventName":"ObjectCreated:Put","s3":{"object":[[{"key":"auto-insurance-2314.xml"}]]}}"""
            + """,{"eventName":"ObjectRemoved:Delete"}]}""",
        true
    )]
    [InlineData(
        """{"Records":[{"eventName":"ObjectCreated:Put","s3":{"object":{"key":"home.xml"}}}"""
            + """,{"eventName":"ObjectRemoved:Delete","s3":{"object":{"key":"auto-1.xml"}}}]}""",
        false
    )]
    public void Of_an_array_of_objects_one_must_match_as_a_whole(string message, bool matches) =>
        Takes("body", """{"Records":{"s3":{"object":{"key":[{"prefix":"auto-"}]}},"eventName":[{"prefix":"ObjectCreated:"}]}}""", message)
            .ShouldBe(matches);

    [Fact]
    public void Where_an_alternative_has_an_operators_name_or_is_none_the_name_of_alternatives_is_a_name()
    {
        Takes("body", """{"$or":["x",{"prefix":"y"}]}""", """{"$or":"yes"}""").ShouldBeTrue();
        Takes("body", """{"$or":["x",{"prefix":"y"}]}""", """{"x":1}""").ShouldBeFalse();
        Takes("body", """{"$or":[{"prefix":"a"},{"suffix":"z"}]}""", """{"$or":"xyz"}""").ShouldBeTrue();
        Takes("body", """{"$or":{"a":["x"]}}""", """{"$or":{"a":"x"}}""").ShouldBeTrue();
    }

    private static void Check(string conditions, string value, bool matches)
    {
        Takes("attributes", $"{{\"{Interests}\":{conditions}}}", $"{{\"{Interests}\":{value}}}").ShouldBe(matches);
        Takes("body", $"{{\"{Interests}\":{conditions}}}", $"{{\"{Interests}\":{value}}}").ShouldBe(matches);
        Takes("attributes", $"{{\"{Interests}\":{conditions}}}", "{\"other\":\"x\"}").ShouldBeFalse();
        Takes("body", $"{{\"{Interests}\":{conditions}}}", "{}").ShouldBeFalse();
    }

    /// <param name="member">attributes or body, of the filter; the message has the properties of an object there.</param>
    private static bool Takes(string member, string policy, string message)
    {
        using var document = JsonDocument.Parse(message);
        var attributes = document.RootElement.EnumerateObject().ToDictionary(p => p.Name, p => p.Value.ToString());
        var filters = $"[{{\"{member}\":{policy}}}]";
        var routed = member == "body" ? AnyFilters.Sent(body: Encoding.UTF8.GetBytes(message)) : AnyFilters.Sent(attributes: attributes);
        var takes = SubscriptionMatcher.Compile([KeyValuePair.Create(1, AnyFilters.Parse(filters))]).Match(routed).Count > 0;
        NaiveFilters.Takes(filters, routed).ShouldBe(takes);
        return takes;
    }
}
