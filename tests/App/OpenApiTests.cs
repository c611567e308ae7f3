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
    public void Every_function_but_health_wants_a_key_and_the_document_says_so()
    {
        var open = from method in typeof(FuncQueue.Functions.Http.EnqueueFunctions).Assembly.GetTypes().SelectMany(t => t.GetMethods())
                   from parameter in method.GetParameters()
                   let trigger = parameter.GetCustomAttribute<HttpTriggerAttribute>()
                   where trigger is { AuthLevel: not AuthorizationLevel.Function }
                   select trigger.Route;
        open.ShouldBe(["health"]);
        Document.Operations().Where(o => Document.Root["paths"]![o.Path]![o.Method]!["security"] is JsonArray { Count: 0 }).ShouldBe([("/health", "get")]);
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
