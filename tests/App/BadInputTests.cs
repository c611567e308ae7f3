using System.Text;

namespace FuncQueue.App.Tests;

/// <summary>Bad input is refused with all of its faults at once, and nothing is half done.</summary>
public sealed class BadInputTests(AppFixture app)
{
    private readonly ApiClient client = app.Client;

    public static TheoryData<string, string> RoutesOfAQueue => new()
    {
        { "GET", "" }, { "DELETE", "" }, { "POST", "/messages" }, { "GET", "/messages" }, { "POST", "/messages/dequeue" }, { "POST", "/messages/ack" },
        { "POST", "/messages/nack" }, { "POST", "/messages/extend" }, { "POST", "/messages/deadletter" }, { "POST", "/purge" }, { "POST", "/messages/batch" },
        { "GET", "/messages/066105e9-23bb-8524-a000-1f79b3120000" }, { "GET", "/messages/066105e9-23bb-8524-a000-1f79b3120000/body" },
        { "GET", "/scheduled" }, { "GET", "/groups" }, { "DELETE", "/scheduled/066105e9-23bb-8524-a000-1f79b3120000" }, { "GET", "/deadletter/messages" }, { "POST", "/deadletter/dequeue" }, { "POST", "/deadletter/ack" }, { "POST", "/deadletter/nack" },
        { "POST", "/deadletter/extend" }, { "POST", "/deadletter/redrive" }, { "POST", "/deadletter/purge" },
    };

    private static StringContent? ContentFor(string method, string route) =>
        method != "POST" || route.EndsWith("/dequeue", StringComparison.Ordinal) || route.EndsWith("/purge", StringComparison.Ordinal) ? null : ApiClient.Json(
        route.EndsWith("/batch", StringComparison.Ordinal) ? """{"messages":[{"body":"x"}]}"""
        : route.EndsWith("/redrive", StringComparison.Ordinal) ? "{}" : """{"receipts":["x"]}""");

    [Theory]
    [MemberData(nameof(RoutesOfAQueue))]
    public async Task An_unknown_queue_is_404_on_every_route(string method, string route)
    {
        var answer = await client.SendAsync(new HttpMethod(method), "/queues/nobody-made-this" + route, ContentFor(method, route));
        answer.Status.ShouldBe(HttpStatusCode.NotFound);
        answer.Code.ShouldBe("queue-not-found");
    }

    [Theory]
    [MemberData(nameof(RoutesOfAQueue))]
    public async Task A_bad_name_and_an_unknown_parameter_are_two_faults_on_every_route(string method, string route)
    {
        var answer = await client.SendAsync(new HttpMethod(method), "/queues/not%20a%20name" + route + "?colour=red", ContentFor(method, route));
        answer.Status.ShouldBe(HttpStatusCode.BadRequest);
        answer.Fields.ShouldBe(["queue", "colour"], ignoreOrder: true);
    }

    [Theory]
    [InlineData("a.b")]
    [InlineData(".fifo")]
    [InlineData("a.fifo.fifo")]
    [InlineData("ä")]
    [InlineData("a%2Fb")]
    [InlineData("a%20b")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    public async Task A_name_that_is_none_cannot_be_made(string name)
    {
        var answer = await client.PutAsync("/queues/" + name);
        answer.Status.ShouldBe(HttpStatusCode.BadRequest);
        answer.Fields.ShouldBe(["queue"]);
    }

    [Fact]
    public async Task Each_bad_setting_is_refused_and_creates_nothing()
    {
        foreach (var (i, bad) in BadSettings.Each().Index())
        {
            var answer = await client.PutAsync($"/queues/bad-setting-{i}", bad);
            answer.Status.ShouldBe(HttpStatusCode.BadRequest, bad);
            answer.Fields.Count.ShouldBe(1, bad);
            (await client.GetAsync($"/queues/bad-setting-{i}")).Status.ShouldBe(HttpStatusCode.NotFound);
        }
    }

    [Fact]
    public async Task All_faults_of_the_settings_are_listed_at_once()
    {
        var answer = await client.PutAsync("/queues/all-faults", """{"shards":0,"delaySeconds":-1,"maxDeliveryCount":"many","colour":1,"tags":{"a":5},"type":"x","retryBackoff":{"foo":1}}""");
        answer.Fields.ShouldBe(["shards", "delaySeconds", "maxDeliveryCount", "colour", "tags.a", "type", "retryBackoff.foo"], ignoreOrder: true);
    }

    [Theory]
    [InlineData("maxMessages=0")]
    [InlineData("maxMessages=101")]
    [InlineData("maxMessages=-1")]
    [InlineData("maxMessages=ten")]
    [InlineData("maxMessages=1&maxMessages=2")]
    [InlineData("waitSeconds=-1")]
    [InlineData("waitSeconds=21")]
    [InlineData("waitSeconds=99999999999999999999999999")]
    [InlineData("waitSeconds=1.5")]
    [InlineData("visibilityTimeoutSeconds=-1")]
    [InlineData("visibilityTimeoutSeconds=43201")]
    [InlineData("visibilityTimeoutSeconds=")]
    [InlineData("mode=steal")]
    public async Task A_dequeue_out_of_range_is_refused_and_leases_nothing(string query)
    {
        var queue = await client.QueueAsync();
        await client.EnqueueAsync(queue, "x");
        foreach (var source in new[] { "messages", "deadletter" })
        {
            var answer = await client.PostAsync($"{queue}/{source}/dequeue?{query}");
            answer.Status.ShouldBe(HttpStatusCode.BadRequest);
            answer.Fields.ShouldBe([query.Split('=')[0]]);
        }

        (await client.CountsAsync(queue)).ShouldContain("\"ready\":1,\"leased\":0");
    }

    [Fact]
    public async Task What_a_body_says_where_none_belongs_is_refused_and_not_ignored()
    {
        var queue = await client.QueueAsync();
        await client.EnqueueAsync(queue, "x");
        foreach (var route in new[] { "/messages/dequeue", "/deadletter/dequeue", "/purge", "/deadletter/purge" })
        {
            (await client.PostAsync(queue + route + "?colour=red", """{"maxMessages":10}""")).Fields.ShouldBe(["colour", "maxMessages"], ignoreOrder: true);
            (await client.SendAsync(HttpMethod.Post, queue + route, new StringContent("maxMessages=10"))).Fields.ShouldBe(["Content-Type"]);
        }

        (await client.CountsAsync(queue)).ShouldContain("\"ready\":1,\"leased\":0");
        (await client.PostAsync(queue + "/messages/dequeue", "{}")).Json["messages"]!.AsArray().ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Names_and_content_types_that_are_no_text_are_refused()
    {
        var queue = await client.QueueAsync();
        foreach (var settings in new[] { """{"\ud800":1}""", """{"\ud800":1,"\udc00":2,"colour":3}""", """{"tags":{"\ud800":"v"}}""", """{"retryBackoff":{"\ud800":1}}""" })
            (await client.PutAsync(queue, settings)).Fields.ShouldBe(["body"], settings);
        (await client.SendAsync(HttpMethod.Put, queue, new ByteArrayContent([.. "{\"tags\":{\""u8, 0xff, .. "\":\"v\"}}"u8]) { Headers = { { "Content-Type", "application/json" } } })).Fields.ShouldBe(["body"]);
        (await client.PostAsync(queue + "/messages/ack", """{"receipts":["x"],"\ud800":1}""")).Fields.ShouldBe(["body"]);
        (await client.PostAsync(queue + "/messages/batch", """{"messages":[{"body":"x"},{"body":"x","attributes":{"\ud800":"v"}}]}""")).Fields.ShouldBe(["body"]);
        (await client.PostAsync(queue + "/messages/batch", """{"messages":[{"body":"x","contentType":"text/ä"},{"body":"x","contentType":"a\r\nb"}]}"""))
            .Fields.ShouldBe(["messages[0].contentType", "messages[1].contentType"]);
        var content = new ByteArrayContent([]);
        content.Headers.TryAddWithoutValidation("Content-Type", "text/plain; name=\u00e4").ShouldBeTrue();
        using var utf8 = new HttpClient(new SocketsHttpHandler { RequestHeaderEncodingSelector = (_, _) => Encoding.UTF8 }) { BaseAddress = client.Base };
        using var answer = await utf8.PostAsync(queue + "/messages", content);
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await answer.Content.ReadAsStringAsync()).ShouldContain("contentType");
        (await client.CountsAsync(queue)).ShouldContain("\"ready\":0");
    }

    [Theory]
    [InlineData("delaySeconds=-1", "delaySeconds")]
    [InlineData("delaySeconds=31536001", "delaySeconds")]
    [InlineData("ttlSeconds=1", "ttlSeconds")]
    [InlineData("priority=10", "priority")]
    [InlineData("priority=-1", "priority")]
    [InlineData("enqueueAt=tomorrow", "enqueueAt")]
    [InlineData("enqueueAt=3000-01-01T00:00:00Z", "enqueueAt")]
    [InlineData("enqueueAt=2999-12-31T23:59:59.999-10:00", "enqueueAt")]
    [InlineData("enqueueAt=9999-12-31T23:59:59Z", "enqueueAt")]
    [InlineData("enqueueAt=2026-01-01T00:00:00", "enqueueAt")]
    [InlineData("delaySeconds=1&enqueueAt=2026-01-01T00:00:00Z", "enqueueAt")]
    [InlineData("groupId=", "groupId")]
    [InlineData("deduplicationId=", "deduplicationId")]
    public async Task An_enqueue_out_of_range_is_refused_and_stores_nothing(string query, string field)
    {
        var queue = await client.QueueAsync();
        var answer = await client.PostAsync($"{queue}/messages?{query}");
        answer.Status.ShouldBe(HttpStatusCode.BadRequest);
        answer.Fields.ShouldBe([field]);
        (await client.CountsAsync(queue)).ShouldContain("\"ready\":0");
    }

    [Theory]
    [InlineData("{\"receipts\":[]}", "receipts")]
    [InlineData("{}", "receipts")]
    [InlineData("{\"receipts\":\"x\"}", "receipts")]
    [InlineData("{\"receipts\":[5]}", "receipts[0]")]
    [InlineData("{\"receipts\":[\"\\ud800\"]}", "receipts[0]")]
    [InlineData("{\"receipts\":[\"x\"],\"colour\":1}", "colour")]
    [InlineData("{\"receipts\":[\"x\"],\"receipts\":[\"y\"]}", "body")]
    [InlineData("{\"receipts\":[\"x\"]", "body")]
    [InlineData("{\"receipts\":[\"x\"]} {}", "body")]
    [InlineData("[]", "body")]
    [InlineData("", "body")]
    public async Task A_settlement_that_is_not_as_it_should_be_is_refused(string json, string field)
    {
        var queue = await client.QueueAsync();
        foreach (var verb in new[] { "messages/ack", "messages/nack", "messages/extend", "messages/deadletter", "deadletter/ack", "deadletter/nack", "deadletter/extend" })
        {
            var answer = await client.PostAsync($"{queue}/{verb}", json);
            answer.Status.ShouldBe(HttpStatusCode.BadRequest);
            answer.Code.ShouldBe("invalid-request");
            answer.Fields.ShouldBe([field]);
        }
    }

    [Fact]
    public async Task Too_many_receipts_bad_delays_and_long_reasons_are_all_told()
    {
        var queue = await client.QueueAsync();
        var receipts = string.Join(',', Enumerable.Repeat("\"x\"", 101));
        var nack = await client.PostAsync(queue + "/messages/nack", $$"""{"receipts":[{{receipts}}],"delaySeconds":-1,"reason":"{{new string('r', 1025)}}"}""");
        nack.Fields.ShouldBe(["receipts", "delaySeconds", "reason"], ignoreOrder: true);
        var extend = await client.PostAsync(queue + "/messages/extend", """{"receipts":["x"],"visibilityTimeoutSeconds":43201}""");
        extend.Fields.ShouldBe(["visibilityTimeoutSeconds"]);
    }

    [Fact]
    public async Task Malformed_foreign_and_lost_receipts_are_told_in_their_places_beside_good_ones()
    {
        var (queue, other) = (await client.QueueAsync(), await client.QueueAsync());
        await client.EnqueueAsync(queue, "a");
        await client.EnqueueAsync(queue, "b");
        await client.EnqueueAsync(other, "c");
        var mine = await client.DequeueAsync(queue, "?maxMessages=2");
        var foreign = await client.DequeueAsync(other);
        await client.SettleAsync(queue, "ack", mine[0]!);
        string Receipt(JsonNode? m) => m!["receipt"]!.GetValue<string>();
        var answer = await client.PostAsync(
            queue + "/messages/ack", $$"""{"receipts":["nonsense","{{Receipt(foreign[0])}}","{{Receipt(mine[0])}}","{{Receipt(mine[1])}}",""]}""");
        answer.Json["results"]!.AsArray().Select(r => r!["status"]!.GetValue<string>())
            .ShouldBe(["malformed-receipt", "malformed-receipt", "lease-lost", "ok", "malformed-receipt"]);
        (await client.CountsAsync(other)).ShouldContain("\"leased\":1");
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData(null)]
    public async Task JSON_routes_want_a_JSON_content_type(string? contentType)
    {
        var queue = await client.QueueAsync();
        foreach (var (method, route) in new[] { ("PUT", ""), ("POST", "/messages/batch"), ("POST", "/messages/ack"), ("POST", "/deadletter/redrive") })
        {
            var content = new ByteArrayContent("{}"u8.ToArray());
            if (contentType is not null)
                content.Headers.TryAddWithoutValidation("Content-Type", contentType);
            var answer = await client.SendAsync(new HttpMethod(method), queue + route, content);
            answer.Status.ShouldBe(HttpStatusCode.BadRequest);
            answer.Fields.ShouldBe(["Content-Type"]);
        }
    }

    [Fact]
    public async Task A_batch_lists_every_fault_of_every_message_and_stores_none()
    {
        var queue = await client.QueueAsync();
        var answer = await client.PostAsync(queue + "/messages/batch", """
            {"messages":[{"body":"good"},{"bodyBase64":"%%%"},{"body":"a","bodyBase64":"AA=="},{},5,{"body":7},{"body":"x","priority":11,"delaySeconds":"1","colour":"red"},
            {"body":"x","attributes":{"a":1}},{"body":"x","enqueueAt":"soon"},{"body":"\ud800"}]}
            """);
        answer.Status.ShouldBe(HttpStatusCode.BadRequest);
        answer.Fields.ShouldBe(
            ["messages[1].bodyBase64", "messages[2].body", "messages[3].body", "messages[4]", "messages[5].body", "messages[6].priority", "messages[6].delaySeconds",
             "messages[6].colour", "messages[7].attributes.a", "messages[8].enqueueAt", "messages[9].body"],
            ignoreOrder: true);
        (await client.CountsAsync(queue)).ShouldContain("\"ready\":0");
    }

    [Fact]
    public async Task A_batch_has_1_to_100_messages_and_4_MiB()
    {
        var queue = await client.QueueAsync();
        (await client.PostAsync(queue + "/messages/batch", """{"messages":[]}""")).Fields.ShouldBe(["messages"]);
        var many = string.Join(',', Enumerable.Repeat("""{"body":"x"}""", 101));
        (await client.PostAsync(queue + "/messages/batch", $$"""{"messages":[{{many}}]}""")).Fields.ShouldBe(["messages"]);
        var half = new string('x', 2 * 1024 * 1024);
        var exact = $$"""{"messages":[{"body":"{{half}}"},{"body":"{{half}}"}]}""";
        (await client.PostAsync(queue + "/messages/batch", exact)).Status.ShouldBe(HttpStatusCode.OK);
        var more = await client.PostAsync(queue + "/messages/batch", exact.Replace("{\"messages\":[", "{\"messages\":[{\"body\":\"y\"},", StringComparison.Ordinal));
        more.Status.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        more.Code.ShouldBe("message-too-large");
        (await client.CountsAsync(queue)).ShouldContain("\"ready\":2");
    }

    [Fact]
    public async Task Attributes_are_at_most_32_of_32_KiB_and_percent_encoded_UTF_8()
    {
        var queue = await client.QueueAsync();
        (string, string)[] tooMany = [.. Enumerable.Range(0, 33).Select(i => ($"x-attribute-a{i}", "v"))];
        (await client.SendAsync(HttpMethod.Post, queue + "/messages", null, tooMany)).Fields.ShouldBe(["attributes"]);
        (await client.SendAsync(HttpMethod.Post, queue + "/messages", null, ("x-attribute-a", new string('v', 32 * 1024)))).Fields.ShouldBe(["attributes"]);
        (await client.SendAsync(HttpMethod.Post, queue + "/messages", null, ("x-attribute-a", "%zz"), ("x-attribute-b", "%ff"), ("x-attribute-", "v")))
            .Fields.ShouldBe(["x-attribute-a", "x-attribute-b", "attributes"], ignoreOrder: true);
        (await client.CountsAsync(queue)).ShouldContain("\"ready\":0");
    }

    [Fact]
    public async Task If_Match_and_If_None_Match_guard_a_queue()
    {
        var queue = await client.QueueAsync();
        var before = (await client.GetAsync(queue)).Headers.ETag!.ToString();
        (await client.PutAsync(queue, "{}", ("If-None-Match", "*"))).Code.ShouldBe("precondition-failed");
        (await client.PutAsync(queue, """{"delaySeconds":5}""", ("If-Match", "\"other\""))).Status.ShouldBe(HttpStatusCode.PreconditionFailed);
        var changed = await client.PutAsync(queue, """{"delaySeconds":5}""", ("If-Match", before));
        changed.Status.ShouldBe(HttpStatusCode.OK);
        changed.Headers.ETag!.ToString().ShouldNotBe(before);
        (await client.PutAsync(queue, """{"delaySeconds":6}""", ("If-Match", before))).Status.ShouldBe(HttpStatusCode.PreconditionFailed);
        (await client.GetAsync(queue)).Json["delaySeconds"]!.GetValue<int>().ShouldBe(5);
        (await client.PutAsync("/queues/not-there-at-all", "{}", ("If-Match", "*"))).Status.ShouldBe(HttpStatusCode.PreconditionFailed);
        (await client.PutAsync(queue, "{}", ("If-Match", "unquoted"), ("If-None-Match", "\"x\""))).Fields.ShouldBe(["If-Match", "If-None-Match"], ignoreOrder: true);
    }

    [Fact]
    public async Task A_body_of_100_MiB_and_a_byte_is_refused_with_and_without_a_length()
    {
        var queue = await client.QueueAsync();
        const int size = 100 * 1024 * 1024 + 1;
        var declared = await client.SendAsync(HttpMethod.Post, queue + "/messages", new ByteArrayContent(new byte[size]), ("Expect", "100-continue"));
        declared.Status.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        declared.Code.ShouldBe("message-too-large");
        var streamed = await client.SendAsync(HttpMethod.Post, queue + "/messages", new StreamContent(new Endless(size)));
        streamed.Status.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        (await client.CountsAsync(queue)).ShouldContain("\"ready\":0");
    }

    [Fact]
    public async Task Ids_and_continuations_that_were_not_handed_out_are_refused()
    {
        var queue = await client.QueueAsync();
        (await client.GetAsync(queue + "/messages/not-an-id")).Fields.ShouldBe(["messageId"]);
        (await client.GetAsync(queue + "/messages/00000000-0000-0000-0000-000000000000")).Fields.ShouldBe(["messageId"]);
        (await client.GetAsync(queue + "/messages/066105e9-23bb-8524-a000-1f79b3120000")).Code.ShouldBe("message-not-found");
        (await client.DeleteAsync(queue + "/scheduled/not-an-id")).Fields.ShouldBe(["messageId"]);
        (await client.GetAsync(queue + "/scheduled?continuation=nonsense")).Fields.ShouldBe(["continuation"]);
        (await client.GetAsync(queue + "/messages?continuation=nonsense&maxMessages=0")).Fields.ShouldBe(["maxMessages"]);
        (await client.GetAsync(queue + "/messages?continuation=nonsense")).Fields.ShouldBe(["continuation"]);
        (await client.GetAsync("/queues?continuation=no+name&maxResults=5")).Fields.ShouldBe(["continuation"]);
        (await client.GetAsync("/queues?prefix=a%20b&maxResults=0")).Fields.ShouldBe(["prefix", "maxResults"], ignoreOrder: true);
        (await client.PostAsync(queue + "/deadletter/redrive", """{"messageIds":["x",5],"maxMessages":0}""")).Fields.ShouldBe(["messageIds[0]", "messageIds[1]", "maxMessages"], ignoreOrder: true);
    }

    [Fact]
    public async Task An_idempotency_key_and_another_deduplication_id_contradict_each_other()
    {
        var queue = await client.QueueAsync();
        var answer = await client.SendAsync(HttpMethod.Post, queue + "/messages?deduplicationId=a", null, ("Idempotency-Key", "b"));
        answer.Fields.ShouldBe(["Idempotency-Key"]);
        (await client.SendAsync(HttpMethod.Post, queue + "/messages", null, ("Idempotency-Key", new string('k', 129)))).Fields.ShouldBe(["deduplicationId"]);
    }

    [Fact]
    public async Task Unknown_routes_and_undeclared_methods_are_404()
    {
        foreach (var (method, url) in new[] { ("PATCH", "/queues/a"), ("GET", "/"), ("POST", "/queues"), ("DELETE", "/queues/a/messages"), ("POST", "/queues/a/deadletter/deadletter"), ("GET", "/api/queues") })
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), url);
            using var response = await client.Http.SendAsync(request);
            response.StatusCode.ShouldBe(HttpStatusCode.NotFound, $"{method} {url}");
        }
    }

    /// <summary>Zeros, so many of them, of a length nobody is told.</summary>
    private sealed class Endless(long size) : Stream
    {
        private long left = size;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count)
        {
            var read = (int)Math.Min(count, left);
            buffer.AsSpan(offset, read).Clear();
            left -= read;
            return read;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
