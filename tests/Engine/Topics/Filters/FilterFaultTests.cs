using System.Text;
using System.Text.Json;
using FuncQueue.Engine.Topics.Filters;

namespace FuncQueue.Engine.Tests.Topics.Filters;

/// <summary>What is wrong with filters is told by its path, all of it at once.</summary>
public sealed class FilterFaultTests
{
    [Theory]
    [InlineData("x", "filters")]
    [InlineData("{}", "filters")]
    [InlineData("\"x\"", "filters")]
    [InlineData("[1]", "filters[0]")]
    [InlineData("[[]]", "filters[0]")]
    [InlineData("[{\"routingkey\":[\"a\"]}]", "filters[0].routingkey")]
    [InlineData("[{\"routingKey\":[\"a\"],\"routingKey\":[\"b\"]}]", "filters[0].routingKey")]
    [InlineData("[{\"routingKey\":[]}]", "filters[0].routingKey")]
    [InlineData("[{\"routingKey\":{}}]", "filters[0].routingKey")]
    [InlineData("[{\"routingKey\":[\"a\",1]}]", "filters[0].routingKey[1]")]
    [InlineData("[{\"routingKey\":[\"\"]}]", "filters[0].routingKey[0]")]
    [InlineData("[{\"routingKey\":\"a\\u0001\"}]", "filters[0].routingKey")]
    [InlineData("[{\"routingKey\":[\"\\ud800\"]}]", "filters[0].routingKey[0]")]
    [InlineData("[{\"match\":\"some\"}]", "filters[0].match")]
    [InlineData("[{\"match\":true}]", "filters[0].match")]
    [InlineData("[{\"match\":\"any\"}]", "filters[0].match")]
    [InlineData("[{\"match\":\"any\",\"attributes\":{}}]", "filters[0].match")]
    [InlineData("[{},{\"attributes\":[]}]", "filters[1].attributes")]
    [InlineData("[{\"attributes\":{\"a\":\"x\"}}]", "filters[0].attributes.a")]
    [InlineData("[{\"attributes\":{\"a\":{\"b\":[1]}}}]", "filters[0].attributes.a")]
    [InlineData("[{\"attributes\":{\"a\":[]}}]", "filters[0].attributes.a")]
    [InlineData("[{\"attributes\":{\"a\":[1],\"a\":[2]}}]", "filters[0].attributes.a")]
    [InlineData("[{\"attributes\":{\"a b\":[]}}]", "filters[0].attributes[\"a b\"]")]
    [InlineData("[{\"attributes\":{\"\\\"\":[]}}]", "filters[0].attributes[\"\\\"\"]")]
    [InlineData("[{\"attributes\":{\"\\ud800\":[1]}}]", "filters[0].attributes")]
    [InlineData("[{\"attributes\":{\"a\":[[1]]}}]", "filters[0].attributes.a[0]")]
    [InlineData("[{\"attributes\":{\"a\":[{}]}}]", "filters[0].attributes.a[0]")]
    [InlineData("[{\"attributes\":{\"a\":[{\"prefix\":\"x\",\"suffix\":\"y\"}]}}]", "filters[0].attributes.a[0]")]
    [InlineData("[{\"attributes\":{\"a\":[{\"regex\":\"x\"}]}}]", "filters[0].attributes.a[0].regex")]
    public void A_fault_of_a_filter_is_named_by_its_path(string json, params string[] paths) => Check(json, paths);

    [Theory]
    [InlineData("[{\"attributes\":{\"a\":[{\"prefix\":1}]}}]", "filters[0].attributes.a[0].prefix")]
    [InlineData("[{\"attributes\":{\"a\":[{\"prefix\":\"\"}]}}]", "filters[0].attributes.a[0].prefix")]
    [InlineData("[{\"attributes\":{\"a\":[{\"prefix\":{\"equals-ignore-case\":\"x\"}}]}}]", "filters[0].attributes.a[0].prefix")]
    [InlineData("[{\"attributes\":{\"a\":[{\"wildcard\":\"a**b\"}]}}]", "filters[0].attributes.a[0].wildcard")]
    [InlineData("[{\"attributes\":{\"a\":[{\"wildcard\":\"a\\\\b\"}]}}]", "filters[0].attributes.a[0].wildcard")]
    [InlineData("[{\"attributes\":{\"a\":[{\"wildcard\":\"a\\\\\"}]}}]", "filters[0].attributes.a[0].wildcard")]
    [InlineData("[{\"attributes\":{\"a\":[{\"exists\":\"true\"}]}}]", "filters[0].attributes.a[0].exists")]
    [InlineData("[{\"attributes\":{\"a\":[{\"cidr\":\"10.0.0.0\"}]}}]", "filters[0].attributes.a[0].cidr")]
    [InlineData("[{\"attributes\":{\"a\":[{\"cidr\":\"10.0.0.0/33\"}]}}]", "filters[0].attributes.a[0].cidr")]
    [InlineData("[{\"attributes\":{\"a\":[{\"cidr\":\"10.0.0/8\"}]}}]", "filters[0].attributes.a[0].cidr")]
    [InlineData("[{\"attributes\":{\"a\":[{\"cidr\":\"010.0.0.0/8\"}]}}]", "filters[0].attributes.a[0].cidr")]
    [InlineData("[{\"attributes\":{\"a\":[{\"cidr\":\"::1/129\"}]}}]", "filters[0].attributes.a[0].cidr")]
    [InlineData("[{\"attributes\":{\"a\":[{\"cidr\":\"::1/+1\"}]}}]", "filters[0].attributes.a[0].cidr")]
    [InlineData("[{\"attributes\":{\"a\":[{\"anything-but\":[]}]}}]", "filters[0].attributes.a[0].anything-but")]
    [InlineData("[{\"attributes\":{\"a\":[{\"anything-but\":[\"x\",{}]}]}}]", "filters[0].attributes.a[0].anything-but[1]")]
    [InlineData("[{\"attributes\":{\"a\":[{\"anything-but\":{}}]}}]", "filters[0].attributes.a[0].anything-but")]
    [InlineData(
        "[{\"attributes\":{\"a\":[{\"anything-but\":{\"numeric\":[\"=\",1]}}]}}]",
        "filters[0].attributes.a[0].anything-but.numeric[0]",
        "filters[0].attributes.a[0].anything-but.numeric[1]"
    )]
    [InlineData(
        "[{\"attributes\":{\"a\":[{\"anything-but\":{\"prefix\":[\"x\",2]}}]}}]",
        "filters[0].attributes.a[0].anything-but.prefix[1]"
    )]
    [InlineData("[{\"attributes\":{\"a\":[{\"numeric\":1}]}}]", "filters[0].attributes.a[0].numeric")]
    [InlineData("[{\"attributes\":{\"a\":[{\"numeric\":[]}]}}]", "filters[0].attributes.a[0].numeric")]
    [InlineData("[{\"attributes\":{\"a\":[{\"numeric\":[\">\"]}]}}]", "filters[0].attributes.a[0].numeric")]
    [InlineData(
        "[{\"attributes\":{\"a\":[{\"numeric\":[\"!=\",\"1\"]}]}}]",
        "filters[0].attributes.a[0].numeric[0]",
        "filters[0].attributes.a[0].numeric[1]"
    )]
    [InlineData("[{\"attributes\":{\"a\":[{\"numeric\":[\"=\",1,\"<\",2]}]}}]", "filters[0].attributes.a[0].numeric")]
    [InlineData("[{\"attributes\":{\"a\":[{\"numeric\":[\">\",1,\">\",2]}]}}]", "filters[0].attributes.a[0].numeric")]
    [InlineData("[{\"attributes\":{\"a\":[{\"numeric\":[\">\",2,\"<\",2]}]}}]", "filters[0].attributes.a[0].numeric")]
    [InlineData("[{\"attributes\":{\"a\":[{\"numeric\":[\">\",2,\"<\",3,\"<\",4]}]}}]", "filters[0].attributes.a[0].numeric")]
    [InlineData("[{\"attributes\":{\"a\":[1e100001]}}]", "filters[0].attributes.a[0]")]
    [InlineData("[{\"attributes\":{\"a\":[{\"numeric\":[\"=\",1e-200000]}]}}]", "filters[0].attributes.a[0].numeric[1]")]
    [InlineData("[{\"body\":{\"a\":{}}}]", "filters[0].body.a")]
    [InlineData("[{\"body\":{\"a\":{\"b\":1}}}]", "filters[0].body.a.b")]
    [InlineData("[{\"body\":{\"$or\":[]}}]", "filters[0].body.$or")]
    [InlineData("[{\"body\":{\"$or\":[{\"a\":[1]}]}}]", "filters[0].body.$or")]
    [InlineData("[{\"body\":{\"$or\":[{\"a\":[1]},{}]}}]", "filters[0].body.$or[1]")]
    [InlineData("[{\"body\":{\"$or\":[{\"a\":[1]},{\"b\":[]}]}}]", "filters[0].body.$or[1].b")]
    public void A_fault_of_a_condition_is_named_by_its_path(string json, params string[] paths) => Check(json, paths);

    [Fact]
    public void All_faults_are_named_at_once()
    {
        Faults(
                """[{"routingKey":[1,""],"kind":"x"},{"attributes":{"a":[{"prefix":1}],"b":[]},"""
                    + """ "body":{"c":{"d":[{"numeric":["?",1]}]}},"match":"x"}]"""
            )
            .ShouldBe([
                "filters[0].routingKey[0]",
                "filters[0].routingKey[1]",
                "filters[0].kind",
                "filters[1].attributes.a[0].prefix",
                "filters[1].attributes.b",
                "filters[1].body.c.d[0].numeric[0]",
                "filters[1].match",
            ]);
    }

    [Fact]
    public void Of_very_many_faults_the_first_are_named_and_that_there_are_more()
    {
        var faults = Faults($"[{string.Join(",", Enumerable.Repeat("1", 5000))}]");
        faults.Count.ShouldBe(SubscriptionFilters.MaxFaults + 1);
    }

    [Fact]
    public void Filters_may_take_64_KiB_and_no_byte_more()
    {
        var longest = Sized(Limits.MaxFilterBytes);
        Faults(longest).ShouldBeEmpty();
        Faults(Sized(Limits.MaxFilterBytes + 1)).ShouldBe(["filters"]);
        // White space means nothing, neither here nor where they are stored.
        Faults(longest.Replace(":", " :\n\t", StringComparison.Ordinal)).ShouldBeEmpty();

        static string Sized(int bytes)
        {
            const string Around = """[{"attributes":{"a":[""]}}]""";
            return Around.Replace("\"\"", $"\"{new string('x', bytes - Around.Length)}\"", StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("attributes")]
    [InlineData("body")]
    public void Conditions_nest_16_deep_and_no_deeper(string member)
    {
        Faults(Nested(16)).ShouldBeEmpty();
        foreach (var depth in new[] { 17, 2000 })
        {
            Faults(Nested(depth)).ShouldNotBeEmpty();
            Faults(Nested(depth)).ShouldAllBe(path => path.StartsWith($"filters[0].{member}.", StringComparison.Ordinal));
        }

        string Nested(int depth)
        {
            var (open, close) = member == "body" ? ("{\"a\":", "}") : ("{\"$or\":[{\"b\":[1]},", "]}");
            var (before, behind) = (Enumerable.Repeat(open, depth - 1), Enumerable.Repeat(close, depth - 1));
            return $"[{{\"{member}\":{string.Concat(before)}{{\"a\":[1]}}{string.Concat(behind)}}}]";
        }
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("[{}]")]
    [InlineData("""[{"routingKey":"a"}]""")]
    [InlineData("""[{"match":"all"}]""")]
    [InlineData("""[{"attributes":{}}]""")]
    [InlineData("""[{"body":{}}]""")]
    [InlineData("""[{"attributes":{"":[""]}}]""")]
    [InlineData("""[{"attributes":{"a":[{"anything-but":["x",1,null,true]},{"anything-but":{"equals-ignore-case":"x"}}]}}]""")]
    [InlineData("""[{"body":{"$or":["x"]}}]""")]
    public void What_is_right_is_taken(string json) => Faults(json).ShouldBeEmpty();

    [Fact]
    public void Filters_are_handed_back_as_they_were_given()
    {
        const string Given = """ [ { "body" : { "z" : [ 1.50e1 , "\u00e9\" x" ] , "a" : [ {"exists" : true} ] } } , { } ] """;
        AnyFilters.Parse(Given).ToString().ShouldBe("""[{"body":{"z":[1.50e1,"\u00e9\" x"],"a":[{"exists":true}]}},{}]""");
    }

    private static void Check(string json, string[] paths)
    {
        SubscriptionFilters.TryParse(Encoding.UTF8.GetBytes(json), "filters", out var filters, out var faults).ShouldBeFalse();
        faults.Select(f => f.Field).ShouldBe(paths);
        faults.ShouldAllBe(f => f.Detail.EndsWith('.'));
        filters.ShouldBeNull();
    }

    private static List<string> Faults(string json)
    {
        using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 100_000 });
        SubscriptionFilters.TryParse(document.RootElement, "filters", out _, out var faults).ShouldBe(faults.Count == 0);
        return [.. faults.Select(f => f.Field)];
    }
}
