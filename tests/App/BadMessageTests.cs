namespace FuncQueue.App.Tests;

/// <summary>A message that cannot be as it is sent is refused with all of its faults at once, and none of its batch is stored.</summary>
public sealed class BadMessageTests(AppFixture app)
{
    private readonly ApiClient client = app.Client;

    [Theory]
    [InlineData("delaySeconds=-1", "delaySeconds")]
    [InlineData("delaySeconds=31536001", "delaySeconds")]
    [InlineData("ttlSeconds=0.999", "ttlSeconds")]
    [InlineData("ttlSeconds=0", "ttlSeconds")]
    [InlineData("delaySeconds=1.0005", "delaySeconds")]
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

    [Fact]
    public async Task A_batch_lists_every_fault_of_every_message_and_stores_none()
    {
        var queue = await client.QueueAsync();
        var answer = await client.PostAsync(
            queue + "/messages/batch",
            """
            {"messages":[{"body":"good"},{"bodyBase64":"%%%"},{"body":"a","bodyBase64":"AA=="},{},5,{"body":7},{"body":"x","priority":11,"delaySeconds":"1","colour":"red"},
            {"body":"x","attributes":{"a":1}},{"body":"x","enqueueAt":"soon"},{"body":"\ud800"}]}
            """
        );
        answer.Status.ShouldBe(HttpStatusCode.BadRequest);
        answer.Fields.ShouldBe(
            [
                "messages[1].bodyBase64",
                "messages[2].body",
                "messages[3].body",
                "messages[4]",
                "messages[5].body",
                "messages[6].priority",
                "messages[6].delaySeconds",
                "messages[6].colour",
                "messages[7].attributes.a",
                "messages[8].enqueueAt",
                "messages[9].body",
            ],
            ignoreOrder: true
        );
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
        var more = await client.PostAsync(
            queue + "/messages/batch",
            exact.Replace("{\"messages\":[", "{\"messages\":[{\"body\":\"y\"},", StringComparison.Ordinal)
        );
        more.Status.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        more.Code.ShouldBe("message-too-large");
        (await client.CountsAsync(queue)).ShouldContain("\"ready\":2");
    }

    [Fact]
    public async Task Attributes_are_at_most_32_of_24_KiB_in_headers_and_percent_encoded_UTF_8()
    {
        var queue = await client.QueueAsync();
        (string, string)[] tooMany = [.. Enumerable.Range(0, 33).Select(i => ($"x-attribute-a{i}", "v"))];
        (await client.SendAsync(HttpMethod.Post, queue + "/messages", null, tooMany)).Fields.ShouldBe(["attributes"]);
        (
            await client.SendAsync(
                HttpMethod.Post,
                queue + "/messages",
                null,
                ("x-attribute-a", new string('v', (24 * 1024) - "x-attribute-a".Length + 1))
            )
        ).Fields.ShouldBe(["attributes"]);
        (
            await client.SendAsync(
                HttpMethod.Post,
                queue + "/messages",
                null,
                ("x-attribute-a", "%zz"),
                ("x-attribute-b", "%ff"),
                ("x-attribute-", "v")
            )
        ).Fields.ShouldBe(["x-attribute-a", "x-attribute-b", "attributes"], ignoreOrder: true);
        var many = new JsonObject
        {
            ["messages"] = new JsonArray(
                new JsonObject
                {
                    ["body"] = "",
                    ["attributes"] = new JsonObject { ["a"] = new string('v', 32 * 1024) },
                }
            ),
        };
        (await client.PostAsync(queue + "/messages/batch", many.ToJsonString())).Fields.ShouldBe(["messages[0].attributes"]);
        (await client.CountsAsync(queue)).ShouldContain("\"ready\":0");
        await client.EnqueueAsync(queue, [], null, ("x-attribute-a", new string('v', (24 * 1024) - "x-attribute-a".Length)));
    }

    [Fact]
    public async Task What_stands_for_one_value_is_not_given_twice_nor_with_a_comma()
    {
        var queue = await client.QueueAsync();
        (
            await client.SendAsync(HttpMethod.Post, queue + "/messages", null, ("x-attribute-a", "1,2"), ("Idempotency-Key", "x,y"))
        ).Fields.ShouldBe(["x-attribute-a", "Idempotency-Key"], ignoreOrder: true);
        (
            await client.SendAsync(
                HttpMethod.Post,
                queue + "/messages",
                null,
                ("x-attribute-a", "1"),
                ("x-attribute-a", "1"),
                ("Idempotency-Key", "x"),
                ("Idempotency-Key", "x")
            )
        ).Fields.ShouldBe(["x-attribute-a", "Idempotency-Key"], ignoreOrder: true);
        await client.EnqueueAsync(queue, [], null, ("x-attribute-a", "1%2C2"), ("Idempotency-Key", "x"));
        (await client.DequeueAsync(queue))[0]!["attributes"]!["a"]!.GetValue<string>().ShouldBe("1,2");
    }

    [Fact]
    public async Task More_than_32_KiB_of_headers_is_an_empty_431_as_the_Functions_host_has_it()
    {
        var queue = await client.QueueAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, queue + "/messages");
        request.Headers.Add("x-attribute-a", new string('v', 33 * 1024));
        using var answer = await client.Http.SendAsync(request);
        answer.StatusCode.ShouldBe(HttpStatusCode.RequestHeaderFieldsTooLarge);
        (await answer.Content.ReadAsByteArrayAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_body_of_100_MiB_and_a_byte_is_refused_with_and_without_a_length()
    {
        var queue = await client.QueueAsync();
        const int size = 100 * 1024 * 1024 + 1;
        var declared = await client.SendAsync(
            HttpMethod.Post,
            queue + "/messages",
            new ByteArrayContent(new byte[size]),
            ("Expect", "100-continue")
        );
        declared.Status.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        declared.Code.ShouldBe("message-too-large");
        var streamed = await client.SendAsync(HttpMethod.Post, queue + "/messages", new StreamContent(new Endless(size)));
        streamed.Status.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        (await client.CountsAsync(queue)).ShouldContain("\"ready\":0");
    }

    [Fact]
    public async Task An_idempotency_key_and_another_deduplication_id_contradict_each_other()
    {
        var queue = await client.QueueAsync();
        var answer = await client.SendAsync(HttpMethod.Post, queue + "/messages?deduplicationId=a", null, ("Idempotency-Key", "b"));
        answer.Fields.ShouldBe(["Idempotency-Key"]);
        (await client.SendAsync(HttpMethod.Post, queue + "/messages", null, ("Idempotency-Key", new string('k', 129)))).Fields.ShouldBe([
            "deduplicationId",
        ]);
    }

    /// <summary>Zeros, so many of them, of a length nobody is told.</summary>
    private sealed class Endless(long size) : Stream
    {
        private long left = size;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count)
        {
            var read = (int)Math.Min(count, left);
            buffer.AsSpan(offset, read).Clear();
            left -= read;
            return read;
        }

        public override void Flush() { }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
