using System.Text;

namespace FuncQueue.App.Tests;

/// <summary>CloudEvents 1.0: taken in binary, structured and batch mode, seen by filters, given back as events to who asks for them.</summary>
public sealed class CloudEventTests(AppFixture app)
{
    private const string Structured = "application/cloudevents+json";
    private const string Batch = "application/cloudevents-batch+json";

    private static readonly (string, string) AsEvents = ("Accept", Structured);

    private ApiClient Client => app.Client;

    [Fact]
    public async Task An_event_in_binary_mode_is_kept_as_its_data_and_attributes()
    {
        var queue = await Client.QueueAsync();
        var sent = await Client.SendAsync(
            HttpMethod.Post,
            queue + "/messages",
            new StringContent("""{"a":1}""", Encoding.UTF8, "application/json"),
            ("ce-specversion", "1.0"),
            ("ce-id", "7"),
            ("ce-source", "/shop"),
            ("ce-type", "order.created"),
            ("ce-subject", "Gr%C3%BC%C3%9Fe"),
            ("ce-tenant", "blue"),
            ("x-attribute-own", "x")
        );
        sent.Status.ShouldBe(HttpStatusCode.Created);
        var message = (await Client.DequeueAsync(queue, "?visibilityTimeoutSeconds=0"))[0]!;
        message["body"]!.GetValue<string>().ShouldBe("""{"a":1}""");
        var attributes = message["attributes"]!;
        Text(attributes, "ce-specversion").ShouldBe("1.0");
        Text(attributes, "ce-subject").ShouldBe("Grüße");
        Text(attributes, "ce-tenant").ShouldBe("blue");
        Text(attributes, "own").ShouldBe("x");
        var given = (await EventsAsync(queue))[0]!["event"]!;
        JsonNode
            .DeepEquals(
                given,
                JsonNode.Parse(
                    """{"specversion":"1.0","id":"7","source":"/shop","type":"order.created","subject":"Grüße","tenant":"blue","datacontenttype":"application/json; charset=utf-8","data":{"a":1}}"""
                )
            )
            .ShouldBeTrue(given.ToJsonString());
    }

    [Theory]
    [InlineData("""{"a":["ü",1.50,null]}""", "\"data\":{\"a\":[\"ü\",1.50,null]}", null)]
    [InlineData("text", "\"datacontenttype\":\"text/plain\",\"data\":\"text\"", "text/plain")]
    [InlineData("\u0001\u0002", "\"datacontenttype\":\"application/x-own\",\"data_base64\":\"AQI=\"", "application/x-own")]
    [InlineData("", "", null)]
    public async Task An_event_in_structured_mode_comes_back_as_it_was(string body, string data, string? contentType)
    {
        var queue = await Client.QueueAsync();
        var members = data.Length == 0 ? "" : "," + data;
        var json = """{"specversion":"1.0","id":"7","source":"urn:shop","type":"t","time":"2026-01-31T12:00:00.5Z" """ + members + "}";
        (await PostAsync(queue + "/messages", json, Structured)).Status.ShouldBe(HttpStatusCode.Created);
        var message = (await Client.DequeueAsync(queue, "?visibilityTimeoutSeconds=0"))[0]!;
        message["body"]!.GetValue<string>().ShouldBe(body);
        Text(message, "contentType").ShouldBe(contentType ?? "application/json");
        var given = (await EventsAsync(queue))[0]!["event"]!.AsObject();
        Text(given, "time").ShouldStartWith("2026-01-31T12:00:00.5");
        var sent = JsonNode.Parse(json)!.AsObject();
        foreach (var name in new[] { "id", "source", "type", "data_base64" })
            given[name]?.GetValue<string>().ShouldBe(sent[name]?.GetValue<string>());
        if (sent["data"] is { } value)
            JsonNode.DeepEquals(given["data"], value).ShouldBeTrue(given.ToJsonString());
    }

    [Fact]
    public async Task A_batch_of_events_is_a_batch_of_messages()
    {
        var queue = await Client.QueueAsync();
        var events = string.Join(',', Enumerable.Range(0, 3).Select(i => Event($"{i}")));
        var answer = await PostAsync(queue + "/messages/batch", $"[{events}]", Batch);
        answer.Json["results"]!.AsArray().Count.ShouldBe(3);
        var given = await EventsAsync(queue, "?maxMessages=10");
        given.Select(m => Text(m!["event"]!, "id")).ShouldBe(["0", "1", "2"], ignoreOrder: true);
    }

    [Fact]
    public async Task Filters_see_the_attributes_of_events_in_every_mode()
    {
        var (topic, queue) = (await TopicAsync(), await Client.QueueAsync());
        (
            await Client.PutAsync(
                topic + "/subscriptions/wanted",
                $$"""{"queue":"{{queue.Split('/')[^1]}}","filters":[{"attributes":{"ce-type":[{"prefix":"order."}],"ce-source":["urn:shop"]}}]}"""
            )
        ).Status.ShouldBe(HttpStatusCode.Created);
        (await PostAsync(topic + "/messages", Event("structured", "order.created"), Structured)).Json["matched"]!.GetValue<int>().ShouldBe(1);
        (await PostAsync(topic + "/messages", Event("unwanted", "other"), Structured)).Json["matched"]!.GetValue<int>().ShouldBe(0);
        await PostAsync(topic + "/messages/batch", $"[{Event("batch", "order.paid")},{Event("not", "other")}]", Batch);
        var binary = await Client.SendAsync(
            HttpMethod.Post,
            topic + "/messages?key=k",
            new StringContent("x"),
            ("ce-specversion", "1.0"),
            ("ce-id", "binary"),
            ("ce-source", "urn:shop"),
            ("ce-type", "order.sent")
        );
        binary.Json["matched"]!.GetValue<int>().ShouldBe(1);
        var ids = new List<string>();
        while (ids.Count < 3)
            ids.AddRange((await EventsAsync(queue, "?maxMessages=10&waitSeconds=20")).Select(m => Text(m!["event"]!, "id")));
        ids.ShouldBe(["structured", "batch", "binary"], ignoreOrder: true);
    }

    [Fact]
    public async Task Records_and_what_groups_read_are_given_back_as_events_too()
    {
        var topic = await TopicAsync();
        await PostAsync(topic + "/messages", Event("7"), Structured);
        await Client.SendAsync(HttpMethod.Post, topic + "/messages?partition=0", new StringContent("plain"));
        var records = (await Client.SendAsync(HttpMethod.Get, topic + "/records?from=earliest", null, AsEvents)).Json["records"]!.AsArray();
        records.Select(r => Text(r!["event"]!, "id")).ShouldContain("7");
        // What was none is one all the same.
        var plain = records.Single(r => Text(r!["event"]!, "id") != "7")!;
        Text(plain["event"]!, "type").ShouldBe("funcqueue.message");
        Text(plain["event"]!, "source").ShouldBe(topic);
        Text(plain["event"]!, "data").ShouldBe("plain");
        Text(plain["event"]!, "id").ShouldBe(Text(plain, "messageId"));
        var read = await Client.SendAsync(
            HttpMethod.Post,
            topic + "/groups/g/read",
            new StringContent("""{"member":"m","from":"earliest"}""", Encoding.UTF8, "application/json"),
            AsEvents
        );
        read.Json["records"]!.AsArray().Select(r => Text(r!["event"]!, "id")).ShouldContain("7");
    }

    [Fact]
    public async Task Data_that_lies_in_a_blob_is_referred_to()
    {
        var queue = await Client.QueueAsync();
        await Client.EnqueueAsync(queue, new byte[100_000]);
        var message = (await EventsAsync(queue))[0]!;
        Text(message["event"]!, "dataref").ShouldBe(Text(message, "bodyUrl"));
        message["event"]!["data"].ShouldBeNull();
    }

    [Theory]
    [InlineData(Structured, "{}")]
    [InlineData(Structured, "[]")]
    [InlineData(Structured, "")]
    [InlineData(Structured, """{"specversion":"1.0","id":"7","source":"x"}""")]
    [InlineData(Structured, """{"specversion":"0.3","id":"7","source":"x","type":"t"}""")]
    [InlineData(Structured, """{"specversion":"1.0","id":"7","source":"x","type":"t","data":1,"data_base64":"AA=="}""")]
    [InlineData(Structured, """{"specversion":"1.0","id":"7","source":"x","type":"t","time":"yesterday"}""")]
    [InlineData(Structured, """{"specversion":"1.0","id":"\ud800","source":"x","type":"t"}""")]
    [InlineData(Structured, """{"specversion":"1.0","id":"7","source":"x","type":"t","BAD":"x"}""")]
    [InlineData("application/cloudevents+avro", "x")]
    [InlineData(Batch, "[]")]
    public async Task What_is_no_event_is_refused(string contentType, string body)
    {
        var queue = await Client.QueueAsync();
        var answer = await PostAsync(queue + "/messages", body, contentType);
        (answer.Status, answer.Code).ShouldBe((HttpStatusCode.BadRequest, "invalid-request"), answer.Text);
        if (contentType == Batch)
            (await PostAsync(queue + "/messages/batch", body, contentType)).Code.ShouldBe("invalid-request");
    }

    [Fact]
    public async Task All_faults_of_an_event_in_binary_mode_are_told_at_once()
    {
        var queue = await Client.QueueAsync();
        var answer = await Client.SendAsync(
            HttpMethod.Post,
            queue + "/messages",
            new StringContent("x"),
            ("ce-specversion", "2.0"),
            ("ce-time", "yesterday"),
            ("ce-id", "7")
        );
        answer.Code.ShouldBe("invalid-request");
        foreach (var field in new[] { "ce-specversion", "ce-time", "ce-source", "ce-type" })
            answer.Text.ShouldContain(field);
    }

    private async Task<string> TopicAsync()
    {
        var topic = "/topics/events-" + Guid.NewGuid().ToString("N")[..12];
        (await Client.PutAsync(topic)).Status.ShouldBe(HttpStatusCode.Created);
        return topic;
    }

    private static string Event(string id, string type = "t") =>
        $$"""{"specversion":"1.0","id":"{{id}}","source":"urn:shop","type":"{{type}}","data":{"id":"{{id}}"}}""";

    private Task<Answer> PostAsync(string url, string body, string contentType)
    {
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        return Client.SendAsync(HttpMethod.Post, url, content);
    }

    private async Task<JsonArray> EventsAsync(string queue, string query = "") =>
        (await Client.SendAsync(HttpMethod.Post, queue + "/messages/dequeue" + query, null, AsEvents)).Json["messages"]!.AsArray();

    private static string Text(JsonNode json, string name) => json[name]!.GetValue<string>();
}
