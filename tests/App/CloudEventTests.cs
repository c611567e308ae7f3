using System.Text;

namespace FuncQueue.App.Tests;

/// <summary>CloudEvents 1.0: taken in every mode, seen by filters, given back as events to who asks for them.</summary>
public sealed class CloudEventTests(AppFixture app) : CloudEventTest(app)
{
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
                $$$"""{"queue":"{{{queue.Split('/')[^1]}}}","filters":[{"attributes":{"ce-type":[{"prefix":"order."}],"ce-source":["urn:shop"]}}]}"""
            )
        ).Status.ShouldBe(HttpStatusCode.Created);
        (await PostAsync(topic + "/messages", Event("structured", "order.created"), Structured)).Json["matched"]!
            .GetValue<int>()
            .ShouldBe(1);
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

    [Fact]
    public async Task Beside_the_content_type_of_an_event_its_headers_do_not_count()
    {
        var queue = await Client.QueueAsync();
        var content = new StringContent(Event("7"), Encoding.UTF8, Structured);
        var headers = new[] { ("ce-specversion", "1.0"), ("ce-id", "8") };
        (await Client.SendAsync(HttpMethod.Post, queue + "/messages", content, headers)).Status.ShouldBe(HttpStatusCode.Created);
        Text((await EventsAsync(queue))[0]!["event"]!, "id").ShouldBe("7");
    }

    [Fact]
    public async Task Groups_of_FIFO_queues_are_those_of_the_query_or_of_the_partition_key()
    {
        var queue = await Client.FifoAsync();
        (await PostAsync(queue + "/messages", Event("none"), Structured)).Code.ShouldBe("group-required");
        (await PostAsync(queue + "/messages?groupId=a", Event("1"), Structured)).Status.ShouldBe(HttpStatusCode.Created);
        (await PostAsync(queue + "/messages", Keyed("2", "b"), Structured)).Status.ShouldBe(HttpStatusCode.Created);
        await PostAsync(queue + "/messages/batch", $"[{Keyed("3", "b")},{Keyed("4", "c")}]", Batch);
        await PostAsync(queue + "/messages/batch?groupId=a", $"[{Event("5")},{Keyed("6", "b")}]", Batch);
        var binary = new[] { ("ce-specversion", "1.0"), ("ce-id", "7"), ("ce-source", "x"), ("ce-type", "t"), ("ce-partitionkey", "c") };
        (await Client.SendAsync(HttpMethod.Post, queue + "/messages", new StringContent("x"), binary)).Status.ShouldBe(
            HttpStatusCode.Created
        );
        var given = new List<JsonNode>();
        while (given.Count < 7)
            given.AddRange((await EventsAsync(queue, "?maxMessages=10&mode=delete&waitSeconds=20")).Select(m => m!));
        given
            .GroupBy(m => Text(m, "groupId"), m => Text(m["event"]!, "id"))
            .Select(g => $"{g.Key}: {string.Join(' ', g)}")
            .ShouldBe(["a: 1 5 6", "b: 2 3", "c: 4 7"], ignoreOrder: true);
    }

    [Fact]
    public async Task Priorities_delays_and_repeats_are_as_the_query_says()
    {
        var queue = await Client.QueueAsync();
        await PostAsync(queue + "/messages?deduplicationId=one", Event("low"), Structured);
        (await PostAsync(queue + "/messages?deduplicationId=one", Event("low"), Structured)).Json["duplicate"]!
            .GetValue<bool>()
            .ShouldBeTrue();
        await PostAsync(queue + "/messages/batch?priority=9", $"[{Event("high")}]", Batch);
        await PostAsync(queue + "/messages/batch?delaySeconds=3600", $"[{Event("late")}]", Batch);
        (await EventsAsync(queue, "?maxMessages=10")).Select(m => Text(m!["event"]!, "id")).ShouldBe(["high", "low"]);
        (await Client.CountsAsync(queue)).ShouldContain("\"scheduled\":1");
    }

    [Fact]
    public async Task A_batch_of_events_is_published_whole_where_it_is_to_be()
    {
        var topic = await TopicAsync("""{"compact":true}""");
        const string route = "/messages/batch?atomic=true&partition=1&expectedOffset=0&deduplicationId=one";
        var batch = $"[{Event("1")},{Event("2")}]";
        var first = (await PostAsync(topic + route, batch, Batch)).Json["results"]!.AsArray();
        first.Select(r => r!["offset"]!.GetValue<int>()).ShouldBe([0, 1]);
        var again = (await PostAsync(topic + route, batch, Batch)).Json["results"]!.AsArray();
        again.ShouldAllBe(r => r!["duplicate"]!.GetValue<bool>());
        var late = await PostAsync(topic + route.Replace("one", "two", StringComparison.Ordinal), batch, Batch);
        late.Code.ShouldBe("offset-mismatch");
        var keyed = (await PostAsync(topic + "/messages/batch", $"[{Keyed("3", "k")},{Keyed("4", "k")}]", Batch)).Json[
            "results"
        ]!.AsArray();
        keyed.Select(r => r!["partition"]!.GetValue<int>()).Distinct().Count().ShouldBe(1);
        var newest = await Client.SendAsync(HttpMethod.Get, topic + "/keys/k", null, AsEvents);
        Text(newest.Json["event"]!, "id").ShouldBe("4");
    }

    [Fact]
    public async Task A_long_event_in_structured_mode_is_a_long_message_and_past_8_MiB_refused()
    {
        var queue = await Client.QueueAsync();
        var data = new string('x', 1_000_000);
        string Long(string text) =>
            $$"""{"specversion":"1.0","id":"7","source":"x","type":"t","datacontenttype":"text/plain","data":"{{text}}"}""";
        (await PostAsync(queue + "/messages", Long(data), Structured)).Status.ShouldBe(HttpStatusCode.Created);
        var message = (await EventsAsync(queue))[0]!;
        (await Client.GetAsync(new Uri(Text(message["event"]!, "dataref")).AbsolutePath)).Text.ShouldBe(data);
        (await PostAsync(queue + "/messages", Long(new string('x', 8 * 1024 * 1024)), Structured)).Code.ShouldBe("message-too-large");
    }
}
