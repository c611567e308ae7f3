using System.Reflection;
using Json.Schema;
using Microsoft.Azure.Functions.Worker;

namespace FuncQueue.App.Tests;

/// <summary>The document describes what is served. That answers are as described, every other test here checks with each call.</summary>
public sealed class OpenApiTests(AppFixture app)
{
    private static readonly OpenApiDocument Document = OpenApiDocument.Load();

    [Fact]
    public async Task The_document_is_served_as_it_was_built_in()
    {
        var answer = await app.Client.GetAsync("/openapi.json");
        answer.Json["openapi"]!.GetValue<string>().ShouldStartWith("3.1");
        JsonNode.DeepEquals(answer.Json, Document.Root).ShouldBeTrue();
    }

    [Fact]
    public void Every_route_and_method_is_described_under_its_functions_name_and_none_that_is_not_there()
    {
        var functions = from method in typeof(FuncQueue.Functions.Http.EnqueueFunctions).Assembly.GetTypes().SelectMany(t => t.GetMethods())
                        from parameter in method.GetParameters()
                        let trigger = parameter.GetCustomAttribute<HttpTriggerAttribute>()
                        where trigger is not null
                        from verb in trigger.Methods
                        select ($"/{trigger.Route}", verb, method.GetCustomAttribute<FunctionAttribute>()!.Name);
        var described = from operation in Document.Operations()
                        select (operation.Path, operation.Method, Document.Root["paths"]![operation.Path]![operation.Method]!["operationId"]!.GetValue<string>());
        described.ShouldBe(functions, ignoreOrder: true);
    }

    [Fact]
    public void Every_function_but_health_and_those_of_SQS_wants_a_key_and_the_document_says_so()
    {
        var open = from method in typeof(FuncQueue.Functions.Http.EnqueueFunctions).Assembly.GetTypes().SelectMany(t => t.GetMethods())
                   from parameter in method.GetParameters()
                   let trigger = parameter.GetCustomAttribute<HttpTriggerAttribute>()
                   where trigger is { AuthLevel: not AuthorizationLevel.Function }
                   select trigger.Route;
        open.Distinct().ShouldBe(["health", "sqs", "sqs/{account}/{queue}"], ignoreOrder: true);
        Document.Operations().Where(o => Document.Root["paths"]![o.Path]![o.Method]!["security"] is JsonArray { Count: 0 }).ShouldBe([("/health", "get")]);
        // Those of SQS are locked by a signature instead.
        Document.Operations().Where(o => Document.Root["paths"]![o.Path]![o.Method]!["security"] is JsonArray { Count: > 0 } security && security[0]!["awsSignature"] is not null)
            .Select(o => o.Path).Distinct().ShouldBe(["/sqs", "/sqs/{account}/{queue}"]);
    }

    [Fact]
    public void References_resolve_and_schemas_and_examples_are_valid()
    {
        foreach (var reference in Descendants(Document.Root).OfType<JsonObject>().Where(o => o["$ref"] is not null))
            Document.Resolve(reference).ShouldNotBeNull(reference.ToJsonString());
        foreach (var schema in Document.Root["components"]!["schemas"]!.AsObject())
            MetaSchemas.Draft202012.Evaluate(schema.Value).IsValid.ShouldBeTrue(schema.Key);
        foreach (var media in Descendants(Document.Root).OfType<JsonObject>().Where(o => o["example"] is not null && o["schema"] is not null))
            Document.Compile(media["schema"]!).Evaluate(media["example"]).IsValid.ShouldBeTrue(media.ToJsonString());
        foreach (var (path, method) in Document.Operations())
        {
            var parameters = Document.Root["paths"]![path]![method]!["parameters"]?.AsArray().Select(p => Document.Resolve(p)!).ToList() ?? [];
            foreach (var name in path.Split('/').Where(s => s.StartsWith('{')).Select(s => s.Trim('{', '}')))
                parameters.ShouldContain(p => p["in"]!.GetValue<string>() == "path" && p["name"]!.GetValue<string>() == name, $"{method} {path}");
        }
    }

    /// <summary>Every name that some route takes is tried on every route: it is taken where it is described, and nowhere else.</summary>
    [Fact]
    public async Task The_parameters_of_each_route_are_those_described()
    {
        var described = Document.Operations().ToDictionary(o => o, o => Parameters(o, "query").ToHashSet(StringComparer.Ordinal));
        foreach (var (operation, own) in described.Where(d => d.Key.Path.StartsWith("/queues", StringComparison.Ordinal)))
        {
            // A name that no queue has: nothing is ever done.
            var url = operation.Path.Replace("{queue}", "no%20queue", StringComparison.Ordinal).Replace("{messageId}", "none", StringComparison.Ordinal);
            var query = string.Join('&', described.Values.SelectMany(names => names).Append("colour").Distinct().Select(name => name + "=x"));
            var answer = await app.Client.SendAsync(new HttpMethod(operation.Method.ToUpperInvariant()), $"{url}?{query}");
            var refused = answer.Json["errors"]!.AsArray().Where(e => e!["detail"]!.GetValue<string>() == "Is not a parameter of this route.").Select(e => e!["field"]!.GetValue<string>());
            refused.ShouldBe(described.Values.SelectMany(names => names).Append("colour").Except(own), ignoreOrder: true, $"{operation}");
        }
    }

    [Fact]
    public async Task The_members_of_each_request_are_those_described()
    {
        var described = Document.Operations()
            .Select(o => (Operation: o, Schema: Document.Root["paths"]![o.Path]![o.Method]!["requestBody"]?["content"]?["application/json"]?["schema"]))
            .Where(o => o.Schema is not null)
            .ToDictionary(o => o.Operation, o => Document.Resolve(o.Schema)!["properties"]!.AsObject().Select(p => p.Key).ToHashSet(StringComparer.Ordinal));
        described.Count.ShouldBeGreaterThan(5);
        var all = described.Values.SelectMany(names => names).Append("colour").Distinct().ToList();
        var json = new JsonObject(all.Select(name => KeyValuePair.Create(name, (JsonNode?)new JsonArray())));
        foreach (var (operation, own) in described)
        {
            var url = operation.Path.Replace("{queue}", "no%20queue", StringComparison.Ordinal);
            var answer = await app.Client.SendAsync(new HttpMethod(operation.Method.ToUpperInvariant()), url, ApiClient.Json(json.ToJsonString()));
            var refused = answer.Json["errors"]!.AsArray().Where(e => e!["detail"]!.GetValue<string>() == "Is not a member of this object.").Select(e => e!["field"]!.GetValue<string>());
            refused.ShouldBe(all.Except(own), ignoreOrder: true, $"{operation}");
        }
    }

    private static IEnumerable<string> Parameters((string Path, string Method) operation, string place) =>
        (Document.Root["paths"]![operation.Path]![operation.Method]!["parameters"]?.AsArray() ?? [])
        .Select(p => Document.Resolve(p)!).Where(p => p["in"]!.GetValue<string>() == place).Select(p => p["name"]!.GetValue<string>());

    [Fact]
    public void Every_failure_of_the_engine_has_a_code_that_is_described()
    {
        var codes = Document.Root["components"]!["schemas"]!["Problem"]!["properties"]!["code"]!["enum"]!.AsArray().Select(c => c!.GetValue<string>()).ToList();
        var name = FuncQueue.Engine.QueueName.TryParse("q", out var parsed) ? parsed : null;
        var failures = typeof(FuncQueue.Engine.Failure).GetNestedTypes(BindingFlags.Public).Select(type => (FuncQueue.Engine.Failure)Activator.CreateInstance(
            type,
            [.. type.GetConstructors().OrderByDescending(c => c.GetParameters().Length).First().GetParameters().Select(p => p.ParameterType switch
            {
                var t when t == typeof(TimeSpan) => (object)TimeSpan.FromSeconds(1),
                var t when t == typeof(string) => "why",
                var t when t == typeof(FuncQueue.Engine.QueueName) => name!,
                _ => new List<FuncQueue.Engine.Fault>(),
            })])!);
        foreach (var failure in failures)
            codes.ShouldContain(FuncQueue.Functions.Http.Problems.Describe(failure).Code);
    }

    [Fact]
    public void Every_fault_of_the_settings_range_is_one_that_the_document_excludes_too()
    {
        var settings = Document.Compile(new JsonObject { ["$ref"] = "#/components/schemas/QueueSettings" });
        foreach (var bad in BadSettings.Each())
            settings.Evaluate(JsonNode.Parse(bad)).IsValid.ShouldBeFalse(bad);
    }

    private static IEnumerable<JsonNode> Descendants(JsonNode node)
    {
        yield return node;
        IEnumerable<JsonNode?> children = node switch
        {
            JsonObject o => o.Select(p => p.Value),
            JsonArray a => a,
            _ => [],
        };
        foreach (var child in children.OfType<JsonNode>().SelectMany(Descendants))
            yield return child;
    }
}

/// <summary>Settings with one fault each that a schema can express.</summary>
internal static class BadSettings
{
    public static IEnumerable<string> Each() =>
    [
        """{"type":"lifo"}""", """{"visibilityTimeoutSeconds":-1}""", """{"visibilityTimeoutSeconds":43201}""", """{"visibilityTimeoutSeconds":"30"}""",
        """{"visibilityTimeoutSeconds":1.5}""", """{"visibilityTimeoutSeconds":99999999999999999999999999}""", """{"visibilityTimeoutSeconds":null}""",
        """{"maxDeliveryCount":0}""", """{"maxDeliveryCount":1001}""", """{"messageTtlSeconds":59}""", """{"messageTtlSeconds":31536001}""",
        """{"onExpiry":"explode"}""", """{"delaySeconds":-5}""", """{"delaySeconds":31536001}""", """{"deduplicationWindowSeconds":0}""",
        """{"deduplicationWindowSeconds":604801}""", """{"contentBasedDeduplication":"yes"}""", """{"shards":0}""", """{"shards":33}""",
        """{"retryBackoff":5}""", """{"retryBackoff":{"initial":1}}""", """{"retryBackoff":{"maxSeconds":-1}}""", """{"deadLetterTtlSeconds":1}""", """{"tags":{"a":1}}""",
        """{"tags":[]}""", """{"colour":"red"}""",
    ];
}
