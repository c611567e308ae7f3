using static FuncQueue.App.Tests.Topics.TopicClient;

namespace FuncQueue.App.Tests.Topics;

/// <summary>Topics themselves, publishing and reading, over real HTTP.</summary>
public sealed class TopicTests(AppFixture app)
{
    private readonly ApiClient client = app.Client;

    [Fact]
    public async Task A_topic_is_created_changed_listed_and_deleted_for_good()
    {
        var topic = await client.TopicAsync("""{"partitions":2,"retentionSeconds":null,"tags":{"team":"orders"}}""");
        var created = (await client.GetAsync(topic)).Json;
        created["partitions"]!.GetValue<int>().ShouldBe(2);
        created["retentionSeconds"].ShouldBeNull();
        created["offsets"]!
            .ToJsonString()
            .ShouldBe(
                """[{"partition":0,"firstOffset":0,"nextOffset":0,"lastPublishedAt":null},{"partition":1,"firstOffset":0,"nextOffset":0,"lastPublishedAt":null}]"""
            );
        var changed = await client.PutAsync(topic, """{"retentionSeconds":60.5}""");
        changed.Status.ShouldBe(HttpStatusCode.OK);
        changed.Json["retentionSeconds"]!.GetValue<double>().ShouldBe(60.5);
        changed.Json["tags"]!["team"]!.GetValue<string>().ShouldBe("orders");
        (await client.PutAsync(topic, """{"partitions":3}""")).Code.ShouldBe("topic-type-mismatch");
        (await client.PutAsync(topic, "{}", ("If-None-Match", "*"))).Code.ShouldBe("precondition-failed");
        (await client.GetAsync("/topics?prefix=" + NameOf(topic))).Json["topics"]!.AsArray().ShouldHaveSingleItem();
        await client.PublishAsync(topic, "old");
        (await client.DeleteAsync(topic)).Status.ShouldBe(HttpStatusCode.NoContent);
        (await client.DeleteAsync(topic)).Code.ShouldBe("topic-not-found");
        (await client.PutAsync(topic, """{"partitions":1}""")).Status.ShouldBe(HttpStatusCode.Created);
        (await client.GetAsync(topic + "/partitions/0/records")).Json["records"]!.AsArray().ShouldBeEmpty();
    }

    [Fact]
    public async Task A_record_is_published_and_read_with_all_that_belongs_to_it()
    {
        var topic = await client.TopicAsync("""{"partitions":1}""");
        var answer = await client.SendAsync(
            HttpMethod.Post,
            topic + "/messages?routingKey=eu.created&key=k",
            new StringContent("grüße"),
            ("x-attribute-colour", "red%2C%20blue"),
            ("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"),
            ("tracestate", "vendor=1")
        );
        answer.Status.ShouldBe(HttpStatusCode.Created, answer.Text);
        answer.Json["offset"]!.GetValue<long>().ShouldBe(0);
        answer.Json["matched"]!.GetValue<int>().ShouldBe(0);
        var record = (await client.GetAsync(topic + "/partitions/0/records")).Json["records"]!.AsArray().ShouldHaveSingleItem()!;
        record["messageId"]!.GetValue<string>().ShouldBe(answer.Json["messageId"]!.GetValue<string>());
        record["body"]!.GetValue<string>().ShouldBe("grüße");
        record["key"]!.GetValue<string>().ShouldBe("k");
        record["routingKey"]!.GetValue<string>().ShouldBe("eu.created");
        record["attributes"]!["colour"]!.GetValue<string>().ShouldBe("red, blue");
        record["traceparent"]!.GetValue<string>().ShouldBe("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
        record["tracestate"]!.GetValue<string>().ShouldBe("vendor=1");
        (await client.GetAsync(topic + "/partitions/0/records/0")).Json["body"]!.GetValue<string>().ShouldBe("grüße");
        (await client.GetAsync(topic + "/partitions/0/records/0/body")).Text.ShouldBe("grüße");
        (await client.GetAsync(topic + "/partitions/0/records/1")).Code.ShouldBe("record-not-found");
        (await client.GetAsync(topic + "/partitions/1/records")).Fields.ShouldBe(["partition"]);
    }

    [Fact]
    public async Task Reading_begins_at_an_offset_an_instant_the_beginning_or_the_end()
    {
        var topic = await client.TopicAsync("""{"partitions":1}""");
        for (var i = 0; i < 4; i++)
            await client.PublishAsync(topic, $"r{i}");
        var all = (await client.GetAsync(topic + "/partitions/0/records")).Json;
        all["nextOffset"]!.GetValue<long>().ShouldBe(4);
        all["endOffset"]!.GetValue<long>().ShouldBe(4);
        var third = all["records"]![2]!;
        (await ReadAsync("from=2")).ShouldBe(["r2", "r3"]);
        (await ReadAsync("from=2&maxRecords=1")).ShouldBe(["r2"]);
        (await ReadAsync("maxBytes=4")).ShouldBe(["r0", "r1"]);
        (await ReadAsync("from=latest")).ShouldBe([]);
        (await ReadAsync("from=" + third["publishedAt"]!.GetValue<string>())).ShouldContain("r2");
        (await ReadAsync("from=2999-01-01T00:00:00Z")).ShouldBe([]);
        (await client.GetAsync(topic + "/partitions/0/records?from=5")).Fields.ShouldBe(["from"]);
        (await client.GetAsync(topic + "/partitions/0/records?from=tomorrow&maxRecords=0&colour=red")).Fields.ShouldBe(
            ["colour", "from", "maxRecords"],
            ignoreOrder: true
        );
        var waiting = client.GetAsync(topic + "/partitions/0/records?from=4&waitSeconds=20");
        await client.PublishAsync(topic, "r4");
        (await waiting).Json["records"]!.AsArray().ShouldHaveSingleItem()!["body"]!.GetValue<string>().ShouldBe("r4");

        async Task<List<string>> ReadAsync(string query) =>
            [
                .. (await client.GetAsync($"{topic}/partitions/0/records?{query}")).Json["records"]!
                    .AsArray()
                    .Select(r => r!["body"]!.GetValue<string>()),
            ];
    }

    [Fact]
    public async Task All_partitions_are_read_together_page_by_page_each_in_its_order()
    {
        var topic = await client.TopicAsync("""{"partitions":3}""");
        for (var i = 0; i < 12; i++)
            await client.PublishAsync(topic, $"{i % 3}-{i / 3}", $"?partition={i % 3}");
        var (bodies, position) = (new List<string>(), "");
        for (var page = 0; page < 20 && bodies.Count < 12; page++)
        {
            var read = (await client.GetAsync($"{topic}/records?maxRecords=5{position}")).Json;
            read["records"]!.AsArray().Count.ShouldBeInRange(1, 5);
            bodies.AddRange(read["records"]!.AsArray().Select(r => r!["body"]!.GetValue<string>()));
            position = "&position=" + read["position"]!.GetValue<string>();
        }

        foreach (var partition in new[] { "0", "1", "2" })
            bodies
                .Where(b => b.StartsWith(partition, StringComparison.Ordinal))
                .ShouldBe([$"{partition}-0", $"{partition}-1", $"{partition}-2", $"{partition}-3"]);
        var waiting = client.GetAsync($"{topic}/records?waitSeconds=20{position}");
        await client.PublishAsync(topic, "later", "?partition=1");
        var last = (await waiting).Json;
        last["records"]!.AsArray().ShouldHaveSingleItem()!["partition"]!.GetValue<int>().ShouldBe(1);
        position = "&position=" + last["position"]!.GetValue<string>();
        (await client.GetAsync($"{topic}/records?maxRecords=5{position}")).Json["records"]!.AsArray().ShouldBeEmpty();
        (await client.GetAsync($"{topic}/records?position=none")).Fields.ShouldBe(["position"]);
        (await client.GetAsync($"{topic}/records?from=3")).Fields.ShouldBe(["from"]);
    }

    [Fact]
    public async Task A_repeat_is_answered_with_the_first_and_conditions_refuse_what_does_not_fit()
    {
        var topic = await client.TopicAsync("""{"partitions":1}""");
        var first = await client.PublishAsync(topic, "x", "?deduplicationId=a");
        var repeat = await client.SendAsync(HttpMethod.Post, topic + "/messages", new StringContent("y"), ("Idempotency-Key", "a"));
        repeat.Status.ShouldBe(HttpStatusCode.OK);
        repeat.Json["messageId"]!.GetValue<string>().ShouldBe(first["messageId"]!.GetValue<string>());
        repeat.Json["duplicate"]!.GetValue<bool>().ShouldBeTrue();
        var mismatch = await client.SendAsync(HttpMethod.Post, topic + "/messages?key=k&expectedOffset=7", new StringContent("z"));
        mismatch.Code.ShouldBe("offset-mismatch");
        mismatch.Json["nextOffset"]!.GetValue<long>().ShouldBe(1);
        var unroutable = await client.SendAsync(HttpMethod.Post, topic + "/messages?mandatory=true", new StringContent("z"));
        unroutable.Code.ShouldBe("unroutable");
        (await client.GetAsync(topic)).Json["offsets"]![0]!["nextOffset"]!.GetValue<long>().ShouldBe(1);
    }

    [Fact]
    public async Task A_batch_answers_for_each_and_an_atomic_one_stores_all_or_none()
    {
        var topic = await client.TopicAsync("""{"partitions":2}""");
        var batch = await client.PostAsync(
            topic + "/messages/batch",
            """{"messages":[{"body":"a","key":"k"},{"bodyBase64":"AAE=","key":"k"},{"body":"c","mandatory":true}]}"""
        );
        batch.Status.ShouldBe(HttpStatusCode.OK, batch.Text);
        batch.Json["results"]![1]!["offset"]!.GetValue<long>().ShouldBe(1);
        batch.Json["results"]![2]!["code"]!.GetValue<string>().ShouldBe("unroutable");
        var atomic = await client.PostAsync(
            topic + "/messages/batch",
            """{"atomic":true,"key":"k","expectedOffset":2,"messages":[{"body":"d"},{"body":"e"}]}"""
        );
        atomic.Json["results"]!.AsArray().Select(r => r!["offset"]!.GetValue<long>()).ShouldBe([2, 3]);
        var again = await client.PostAsync(
            topic + "/messages/batch",
            """{"atomic":true,"key":"k","expectedOffset":2,"messages":[{"body":"d"},{"body":"e"}]}"""
        );
        again.Code.ShouldBe("offset-mismatch");
        (await client.PostAsync(topic + "/messages/batch", """{"atomic":true,"messages":[{"body":"d","key":"k"}]}""")).Fields.ShouldBe(
            ["atomic", "messages[0]"],
            ignoreOrder: true
        );
    }

    [Fact]
    public async Task A_long_body_lies_in_a_blob_and_is_fetched_by_its_address()
    {
        var topic = await client.TopicAsync("""{"partitions":1}""");
        var body = new byte[300_000];
        Random.Shared.NextBytes(body);
        var answer = await client.SendAsync(HttpMethod.Post, topic + "/messages", new ByteArrayContent(body));
        answer.Status.ShouldBe(HttpStatusCode.Created, answer.Text);
        var record = (await client.GetAsync(topic + "/partitions/0/records")).Json["records"]![0]!;
        (await client.Http.GetByteArrayAsync(record["bodyUrl"]!.GetValue<string>())).ShouldBe(body);
    }
}
