using System.Text;
using FuncQueue.Engine.Topics.Filters;

namespace FuncQueue.Engine.Tests.Topics.Filters;

/// <summary>What filters see in a body, whatever it is.</summary>
public sealed class BodyTests
{
    private static readonly SubscriptionMatcher Matcher = Compile("""[{"body":{"a":["x"]}}]""");

    [Theory]
    [InlineData("""{"a":"x"}""", true)]
    [InlineData("""  {"b":{"a":1},"a":["y",["x"]]}  """, true)]
    [InlineData("""{"\u0061":"\u0078"}""", true)]
    [InlineData("""{"a":"y","a":"x"}""", true)]
    [InlineData("""{"a":"x","a":"y"}""", false)]
    [InlineData("""{"a":{"a":"x"}}""", false)]
    [InlineData("", false)]
    [InlineData(" ", false)]
    [InlineData("x", false)]
    [InlineData("\"x\"", false)]
    [InlineData("""[{"a":"x"}]""", false)]
    [InlineData("""{"a":"x"}}""", false)]
    [InlineData("""{"a":"x"},""", false)]
    [InlineData("""{"a":"x",}""", false)]
    [InlineData("""{"a":"x"/**/}""", false)]
    [InlineData("""{"a":"x","b":tru}""", false)]
    [InlineData("""{"a":"x","b":"\q"}""", false)]
    [InlineData("""{"a":"x" """, false)]
    [InlineData("\uFEFF{\"a\":\"x\"}", false)]
    public void A_body_that_is_no_object_in_JSON_matches_no_filter_of_bodies(string body, bool matches)
    {
        Takes(Matcher, Encoding.UTF8.GetBytes(body)).ShouldBe(matches);
        // Not even one that asks for nothing in it, or for what it does not have.
        var isObject = NaiveFilters.Takes("""[{"body":{}}]""", AnyFilters.Sent(body: Encoding.UTF8.GetBytes(body)));
        Takes(Compile("""[{"body":{}}]"""), Encoding.UTF8.GetBytes(body)).ShouldBe(isObject);
        Takes(Compile("""[{"body":{"z":[{"exists":false}]}}]"""), Encoding.UTF8.GetBytes(body)).ShouldBe(isObject);
    }

    [Fact]
    public void A_body_that_is_no_UTF_8_matches_no_filter_of_bodies()
    {
        Takes(Matcher, [.. "{\"a\":\"x\",\"b\":\""u8, 0xff, .. "\"}"u8]).ShouldBeFalse();
        Takes(Matcher, [.. "{\"a\":\"x\",\"b\":\""u8, 0xc3, 0xa9, .. "\"}"u8]).ShouldBeTrue();
    }

    [Fact]
    public void A_body_of_256_KiB_is_looked_into_and_a_longer_one_is_not()
    {
        const string Around = """{"a":"x","b":""}""";
        byte[] Sized(int bytes) =>
            Encoding.UTF8.GetBytes(Around.Replace("\"\"", $"\"{new string('b', bytes - Around.Length)}\"", StringComparison.Ordinal));
        Takes(Matcher, Sized(Limits.MaxFilteredBodyBytes)).ShouldBeTrue();
        Takes(Matcher, Sized(Limits.MaxFilteredBodyBytes + 1)).ShouldBeFalse();
    }

    [Fact]
    public void Half_of_a_surrogate_pair_is_a_value_that_equals_none()
    {
        foreach (var value in new[] { @"\ud800", @"\udc00x", @"x\uD83D", @"\ud800\ud800", @"\ud83dx\ude00" })
        {
            var body = Encoding.UTF8.GetBytes($$"""{"a":["{{value}}"]}""");
            Takes(Matcher, body).ShouldBeFalse();
            Takes(Compile("""[{"body":{"a":["\ufffd",{"prefix":"x"}]}}]"""), body).ShouldBeFalse();
            Takes(Compile("""[{"body":{"a":[{"exists":true}]}}]"""), body).ShouldBeTrue();
            Takes(Compile("""[{"body":{"a":[{"anything-but":"x"}]}}]"""), body).ShouldBeTrue();
            // And no name at all.
            Takes(Matcher, Encoding.UTF8.GetBytes($$"""{"{{value}}":"x","a":"x"}""")).ShouldBeTrue();
        }

        Takes(Compile("""[{"body":{"a":["😀!"]}}]"""), Encoding.UTF8.GetBytes("""{"a":"\ud83d\uDE00!"}""")).ShouldBeTrue();
        Takes(Compile("""[{"body":{"😀":["x"]}}]"""), Encoding.UTF8.GetBytes("""{"\ud83d\ude00":"x"}""")).ShouldBeTrue();
    }

    [Fact]
    public void A_value_that_is_null_or_empty_does_not_exist()
    {
        var exists = Compile("""[{"body":{"a":[{"exists":true}]}}]""");
        var absent = Compile("""[{"body":{"a":[{"exists":false}]}}]""");
        foreach (var value in new[] { "null", "\"\"", "[]", "{}", "[[],[null]]", "{\"b\":1}" })
        {
            Takes(exists, Encoding.UTF8.GetBytes($$"""{"a":{{value}}}""")).ShouldBeFalse(value);
            Takes(absent, Encoding.UTF8.GetBytes($$"""{"a":{{value}}}""")).ShouldBeTrue(value);
        }

        foreach (var value in new[] { "0", "false", "\" \"", "[null,1]" })
        {
            Takes(exists, Encoding.UTF8.GetBytes($$"""{"a":{{value}}}""")).ShouldBeTrue(value);
            Takes(absent, Encoding.UTF8.GetBytes($$"""{"a":{{value}}}""")).ShouldBeFalse(value);
        }
    }

    [Theory]
    [InlineData("[1]", true)]
    [InlineData("[{\"b\":1}]", false)]
    [InlineData("[1,{\"b\":1}]", true)]
    [InlineData("[[],{\"b\":1}]", false)]
    [InlineData("[{\"b\":1},{}]", true)]
    [InlineData("[]", true)]
    [InlineData("null", true)]
    public void An_element_that_is_no_object_has_no_properties(string value, bool matches) =>
        Takes(Compile("""[{"body":{"a":{"b":[{"exists":false}]}}}]"""), Encoding.UTF8.GetBytes($$"""{"a":{{value}}}""")).ShouldBe(matches);

    private static bool Takes(SubscriptionMatcher matcher, byte[] body) => matcher.Match(AnyFilters.Sent(body: body)).Count > 0;

    private static SubscriptionMatcher Compile(string filters) =>
        SubscriptionMatcher.Compile([KeyValuePair.Create(1, AnyFilters.Parse(filters))]);
}
