using System.Reflection;
using System.Text.RegularExpressions;
using FuncQueue.Functions.Access;
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
        var functions =
            from method in typeof(FuncQueue.Functions.Http.EnqueueFunctions).Assembly.GetTypes().SelectMany(t => t.GetMethods())
            from parameter in method.GetParameters()
            let trigger = parameter.GetCustomAttribute<HttpTriggerAttribute>()
            where trigger is not null
            // HEAD goes wherever GET does, and the one that takes every method answers for what is not there.
            from verb in trigger.Methods ?? []
            where verb != "head"
            select (PathOf(trigger), verb, method.GetCustomAttribute<FunctionAttribute>()!.Name);
        var described =
            from operation in Document.Operations()
            select (
                operation.Path,
                operation.Method,
                Document.Root["paths"]![operation.Path]![operation.Method]!["operationId"]!.GetValue<string>()
            );
        described.ShouldBe(functions, ignoreOrder: true);
    }

    /// <summary>The route as the document has it, without constraints.</summary>
    private static string PathOf(HttpTriggerAttribute trigger) =>
        "/" + Regex.Replace(trigger.Route!, @"\{root:[^}]*\}|(?<=\{\w+):[^}]*(?=\})", "");

    [Fact]
    public void Wherever_a_function_takes_GET_it_takes_HEAD_and_the_one_for_all_methods_comes_last_by_name()
    {
        var triggers = (
            from method in typeof(FuncQueue.Functions.Http.EnqueueFunctions).Assembly.GetTypes().SelectMany(t => t.GetMethods())
            from parameter in method.GetParameters()
            let trigger = parameter.GetCustomAttribute<HttpTriggerAttribute>()
            where trigger is not null
            orderby method.GetCustomAttribute<FunctionAttribute>()!.Name.ToUpperInvariant() descending
            select trigger
        ).ToList();
        triggers.ShouldAllBe(t =>
            (t.Methods ?? Array.Empty<string>()).Contains("get") == (t.Methods ?? Array.Empty<string>()).Contains("head")
        );
        triggers.Where(t => t.Methods is null or []).ShouldBe([triggers[0]]);
        triggers[0].Route.ShouldBe("{*path}");
    }

    [Fact]
    public void The_Functions_host_is_asked_for_its_key_by_those_that_make_keys_alone_and_the_document_says_what_is_open()
    {
        var levels =
            from method in typeof(FuncQueue.Functions.Http.EnqueueFunctions).Assembly.GetTypes().SelectMany(t => t.GetMethods())
            from parameter in method.GetParameters()
            let trigger = parameter.GetCustomAttribute<HttpTriggerAttribute>()
            where trigger is not null
            select (Path: PathOf(trigger), trigger.AuthLevel);
        levels
            .Where(l => l.AuthLevel != AuthorizationLevel.Anonymous)
            .Distinct()
            .ShouldBe(
                [
                    ("/host/keys", AuthorizationLevel.Function),
                    ("/host/keys/{key}", AuthorizationLevel.Function),
                    ("/host/keys/{key}/rotate", AuthorizationLevel.Function),
                ],
                ignoreOrder: true
            );
        WithSecurity(null)
            .ShouldBe(
                [
                    ("/health", "get"),
                    ("/openapi.json", "get"),
                    ("/dashboard", "get"),
                    ("/dashboard/{file}", "get"),
                    ("/sns/{certificate}", "get"),
                ],
                ignoreOrder: true
            );
        WithSecurity("hostKeyHeader").ShouldAllBe(o => o.Path.StartsWith("/host/keys"));
        // Those of SQS are locked by a signature instead.
        WithSecurity("awsSignature")
            .Select(o => o.Path)
            .Distinct()
            .ShouldBe(["/", "/{account}/{queue}", "/sqs", "/sqs/{account}/{queue}"]);
    }

    /// <summary>The operations whose first way in is this; null: that take none.</summary>
    private static IEnumerable<(string Path, string Method)> WithSecurity(string? scheme) =>
        Document
            .Operations()
            .Where(o =>
                Document.Root["paths"]![o.Path]![o.Method]!["security"] is JsonArray security
                && (scheme is null ? security.Count == 0 : security.Count > 0 && security[0]![scheme] is not null)
            );

    /// <summary>
    /// That the functions ask for what is written here, tests/App/Access tries; each must say something, or it does not build.
    /// </summary>
    [Fact]
    public void Every_operation_names_the_right_that_it_takes()
    {
        foreach (var (path, method) in Document.Operations())
        {
            var names = Document.Root["paths"]![path]![method]!["x-funcqueue-right"] switch
            {
                JsonArray several => several.Select(n => n!.GetValue<string>()).ToList(),
                JsonValue one => [one.GetValue<string>()],
                _ => [],
            };
            names.ShouldNotBeEmpty($"{method} {path}");
            if (names is not ["none" or "any" or "host" or "by-action"])
                names.ShouldAllBe(name => RightNames.Parse(name) != Rights.None, $"{method} {path}");
        }
    }

    [Fact]
    public void References_resolve_and_schemas_and_examples_are_valid()
    {
        foreach (var reference in Descendants(Document.Root).OfType<JsonObject>().Where(o => o["$ref"] is not null))
            Document.Resolve(reference).ShouldNotBeNull(reference.ToJsonString());
        foreach (var schema in Document.Root["components"]!["schemas"]!.AsObject())
            MetaSchemas.Draft202012.Evaluate(schema.Value).IsValid.ShouldBeTrue(schema.Key);
        foreach (
            var media in Descendants(Document.Root).OfType<JsonObject>().Where(o => o["example"] is not null && o["schema"] is not null)
        )
            Document.Compile(media["schema"]!).Evaluate(media["example"]).IsValid.ShouldBeTrue(media.ToJsonString());
        foreach (var (path, method) in Document.Operations())
        {
            var parameters =
                Document.Root["paths"]![path]![method]!["parameters"]?.AsArray().Select(p => Document.Resolve(p)!).ToList() ?? [];
            foreach (var name in path.Split('/').Where(s => s.StartsWith('{')).Select(s => s.Trim('{', '}')))
                parameters.ShouldContain(
                    p => p["in"]!.GetValue<string>() == "path" && p["name"]!.GetValue<string>() == name,
                    $"{method} {path}"
                );
        }
    }

    /// <summary>Every name that some route takes is tried on every route: it is taken where it is described, and nowhere else.</summary>
    [Fact]
    public async Task The_parameters_of_each_route_are_those_described()
    {
        var described = Document.Operations().ToDictionary(o => o, o => Parameters(o, "query").ToHashSet(StringComparer.Ordinal));
        var tried = described.Where(d => d.Key.Path.Split('/')[1] is "queues" or "topics").ToList();
        tried.Count.ShouldBeGreaterThan(20);
        foreach (var (operation, own) in tried)
        {
            var url = WithoutAny(operation.Path);
            var query = string.Join(
                '&',
                described.Values.SelectMany(names => names).Append("colour").Distinct().Select(name => name + "=x")
            );
            var answer = await app.Client.SendAsync(new HttpMethod(operation.Method.ToUpperInvariant()), $"{url}?{query}");
            var refused = answer.Json["errors"]!
                .AsArray()
                .Where(e => e!["detail"]!.GetValue<string>() == "Is not a parameter of this route.")
                .Select(e => e!["field"]!.GetValue<string>());
            refused.ShouldBe(described.Values.SelectMany(names => names).Append("colour").Except(own), ignoreOrder: true, $"{operation}");
        }
    }

    [Fact]
    public async Task The_members_of_each_request_are_those_described()
    {
        var described = Document
            .Operations()
            .Select(o =>
                (
                    Operation: o,
                    Schema: Document.Root["paths"]![o.Path]![o.Method]!["requestBody"]?["content"]?["application/json"]?["schema"]
                )
            )
            // One has no members of its own: it is keyed by the names of subscriptions.
            .Where(o => o.Schema is not null && Document.Resolve(o.Schema)!["properties"] is not null)
            .ToDictionary(
                o => o.Operation,
                o => Document.Resolve(o.Schema)!["properties"]!.AsObject().Select(p => p.Key).ToHashSet(StringComparer.Ordinal)
            );
        described.Count.ShouldBeGreaterThan(5);
        var all = described.Values.SelectMany(names => names).Append("colour").Distinct().ToList();
        var json = new JsonObject(all.Select(name => KeyValuePair.Create(name, (JsonNode?)new JsonArray())));
        foreach (var (operation, own) in described)
        {
            var url = WithoutAny(operation.Path);
            var answer = await app.Client.SendAsync(
                new HttpMethod(operation.Method.ToUpperInvariant()),
                url,
                ApiClient.Json(json.ToJsonString())
            );
            var refused = answer.Json["errors"]!
                .AsArray()
                .Where(e => e!["detail"]!.GetValue<string>() == "Is not a member of this object.")
                .Select(e => e!["field"]!.GetValue<string>());
            refused.ShouldBe(all.Except(own), ignoreOrder: true, $"{operation}");
        }
    }

    /// <summary>With names that nothing has: nothing is ever done.</summary>
    private static string WithoutAny(string path) =>
        path.Replace("{queue}", "no%20queue", StringComparison.Ordinal)
            .Replace("{topic}", "no%20topic", StringComparison.Ordinal)
            .Replace("{subscription}", "no%20subscription", StringComparison.Ordinal)
            .Replace("{group}", "no%20group", StringComparison.Ordinal)
            .Replace("{partition}", "none", StringComparison.Ordinal)
            .Replace("{offset}", "none", StringComparison.Ordinal)
            .Replace("{messageId}", "none", StringComparison.Ordinal);

    private static IEnumerable<string> Parameters((string Path, string Method) operation, string place) =>
        (Document.Root["paths"]![operation.Path]![operation.Method]!["parameters"]?.AsArray() ?? [])
            .Select(p => Document.Resolve(p)!)
            .Where(p => p["in"]!.GetValue<string>() == place)
            .Select(p => p["name"]!.GetValue<string>());

    [Fact]
    public void Every_failure_of_the_engine_has_a_code_that_is_described()
    {
        var codes = Document.Root["components"]!["schemas"]!["Problem"]!["properties"]!["code"]!["enum"]!
            .AsArray()
            .Select(c => c!.GetValue<string>())
            .ToList();
        var name = FuncQueue.Engine.QueueName.TryParse("q", out var parsed) ? parsed : null;
        var key = FuncQueue.Engine.Keys.KeyName.TryParse("k", out var parsedKey) ? parsedKey : null;
        var topic = FuncQueue.Engine.Topics.TopicName.TryParse("t", out var parsedTopic) ? parsedTopic : null;
        var failures = typeof(FuncQueue.Engine.Failure)
            .GetNestedTypes(BindingFlags.Public)
            .Select(type =>
                (FuncQueue.Engine.Failure)
                    Activator.CreateInstance(
                        type,
                        [
                            .. type.GetConstructors()
                                .OrderByDescending(c => c.GetParameters().Length)
                                .First()
                                .GetParameters()
                                .Select(p =>
                                    p.ParameterType switch
                                    {
                                        var t when t == typeof(TimeSpan) => (object)TimeSpan.FromSeconds(1),
                                        var t when t == typeof(string) => "why",
                                        var t when t == typeof(FuncQueue.Engine.QueueName) => name!,
                                        var t when t == typeof(FuncQueue.Engine.Keys.KeyName) => key!,
                                        var t when t == typeof(FuncQueue.Engine.Topics.TopicName) => topic!,
                                        var t when t == typeof(long) => 1L,
                                        _ => new List<FuncQueue.Engine.Fault>(),
                                    }
                                ),
                        ]
                    )!
            );
        foreach (var failure in failures)
            codes.ShouldContain(FuncQueue.Functions.Http.Problem.Of(failure).Code);
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
