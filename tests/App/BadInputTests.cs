namespace FuncQueue.App.Tests;

/// <summary>Bad input is refused with all of its faults at once, and nothing is half done.</summary>
public sealed class BadInputTests(AppFixture app)
{
    private readonly ApiClient client = app.Client;

    public static TheoryData<string, string> RoutesOfAQueue =>
        new()
        {
            { "GET", "" },
            { "DELETE", "" },
            { "POST", "/messages" },
            { "GET", "/messages" },
            { "POST", "/messages/dequeue" },
            { "POST", "/messages/ack" },
            { "POST", "/messages/nack" },
            { "POST", "/messages/extend" },
            { "POST", "/messages/deadletter" },
            { "POST", "/purge" },
            { "POST", "/messages/batch" },
            { "GET", "/messages/066105e9-23bb-8524-a000-1f79b3120000" },
            { "GET", "/messages/066105e9-23bb-8524-a000-1f79b3120000/body" },
            { "GET", "/scheduled" },
            { "GET", "/groups" },
            { "DELETE", "/scheduled/066105e9-23bb-8524-a000-1f79b3120000" },
            { "GET", "/deadletter/messages" },
            { "POST", "/deadletter/dequeue" },
            { "POST", "/deadletter/ack" },
            { "POST", "/deadletter/nack" },
            { "POST", "/deadletter/extend" },
            { "POST", "/deadletter/redrive" },
            { "POST", "/deadletter/purge" },
        };

    private static StringContent? ContentFor(string method, string route) =>
        method != "POST" || route.EndsWith("/dequeue", StringComparison.Ordinal) || route.EndsWith("/purge", StringComparison.Ordinal)
            ? null
            : ApiClient.Json(
                route.EndsWith("/batch", StringComparison.Ordinal) ? """{"messages":[{"body":"x"}]}"""
                : route.EndsWith("/redrive", StringComparison.Ordinal) ? "{}"
                : """{"receipts":["x"]}"""
            );

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
        var answer = await client.SendAsync(
            new HttpMethod(method),
            "/queues/not%20a%20name" + route + "?colour=red",
            ContentFor(method, route)
        );
        answer.Status.ShouldBe(HttpStatusCode.BadRequest);
        answer.Fields.ShouldBe(["queue", "colour"], ignoreOrder: true);
    }

    [Theory]
    [InlineData("a..b")]
    [InlineData(".fifo")]
    [InlineData("a.")]
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
        var answer = await client.PutAsync(
            "/queues/all-faults",
            """{"shards":0,"delaySeconds":-1,"maxDeliveryCount":"many","colour":1,"tags":{"a":5},"type":"x","retryBackoff":{"foo":1}}"""
        );
        answer.Fields.ShouldBe(
            ["shards", "delaySeconds", "maxDeliveryCount", "colour", "tags.a", "type", "retryBackoff.foo"],
            ignoreOrder: true
        );
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
    [InlineData("waitSeconds=1.0001")]
    [InlineData("waitSeconds=1e0")]
    [InlineData("waitSeconds=.5")]
    [InlineData("waitSeconds=1.")]
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
            (await client.PostAsync(queue + route + "?colour=red", """{"maxMessages":10}""")).Fields.ShouldBe(
                ["colour", "maxMessages"],
                ignoreOrder: true
            );
            (await client.SendAsync(HttpMethod.Post, queue + route, new StringContent("maxMessages=10"))).Fields.ShouldBe(["Content-Type"]);
        }

        (await client.CountsAsync(queue)).ShouldContain("\"ready\":1,\"leased\":0");
        (await client.PostAsync(queue + "/messages/dequeue", "{}")).Json["messages"]!.AsArray().ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Names_and_content_types_in_JSON_that_are_no_text_are_refused()
    {
        var queue = await client.QueueAsync();
        foreach (
            var settings in new[]
            {
                """{"\ud800":1}""",
                """{"\ud800":1,"\udc00":2,"colour":3}""",
                """{"tags":{"\ud800":"v"}}""",
                """{"retryBackoff":{"\ud800":1}}""",
            }
        )
            (await client.PutAsync(queue, settings)).Fields.ShouldBe(["body"], settings);
        (
            await client.SendAsync(
                HttpMethod.Put,
                queue,
                new ByteArrayContent([.. "{\"tags\":{\""u8, 0xff, .. "\":\"v\"}}"u8])
                {
                    Headers = { { "Content-Type", "application/json" } },
                }
            )
        ).Fields.ShouldBe(["body"]);
        (await client.PostAsync(queue + "/messages/ack", """{"receipts":["x"],"\ud800":1}""")).Fields.ShouldBe(["body"]);
        (
            await client.PostAsync(queue + "/messages/batch", """{"messages":[{"body":"x"},{"body":"x","attributes":{"\ud800":"v"}}]}""")
        ).Fields.ShouldBe(["body"]);
        (
            await client.PostAsync(
                queue + "/messages/batch",
                """{"messages":[{"body":"x","contentType":"text/ä"},{"body":"x","contentType":"a\r\nb"}]}"""
            )
        ).Fields.ShouldBe(["messages[0].contentType", "messages[1].contentType"]);
        (await client.CountsAsync(queue)).ShouldContain("\"ready\":0");
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData(null)]
    public async Task JSON_routes_want_a_JSON_content_type(string? contentType)
    {
        var queue = await client.QueueAsync();
        foreach (
            var (method, route) in new[]
            {
                ("PUT", ""),
                ("POST", "/messages/batch"),
                ("POST", "/messages/ack"),
                ("POST", "/deadletter/redrive"),
            }
        )
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
    public async Task If_Match_and_If_None_Match_guard_a_queue()
    {
        var queue = await client.QueueAsync();
        var before = (await client.GetAsync(queue)).Headers.ETag!.ToString();
        (await client.PutAsync(queue, "{}", ("If-None-Match", "*"))).Code.ShouldBe("precondition-failed");
        (await client.PutAsync(queue, """{"delaySeconds":5}""", ("If-Match", "\"other\""))).Status.ShouldBe(
            HttpStatusCode.PreconditionFailed
        );
        var changed = await client.PutAsync(queue, """{"delaySeconds":5}""", ("If-Match", before));
        changed.Status.ShouldBe(HttpStatusCode.OK);
        changed.Headers.ETag!.ToString().ShouldNotBe(before);
        (await client.PutAsync(queue, """{"delaySeconds":6}""", ("If-Match", before))).Status.ShouldBe(HttpStatusCode.PreconditionFailed);
        (await client.GetAsync(queue)).Json["delaySeconds"]!.GetValue<int>().ShouldBe(5);
        (await client.PutAsync("/queues/not-there-at-all", "{}", ("If-Match", "*"))).Status.ShouldBe(HttpStatusCode.PreconditionFailed);
        (await client.PutAsync(queue, "{}", ("If-Match", "unquoted"), ("If-None-Match", "\"x\""))).Fields.ShouldBe(
            ["If-Match", "If-None-Match"],
            ignoreOrder: true
        );
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
        (await client.PostAsync(queue + "/deadletter/redrive", """{"messageIds":["x",5],"maxMessages":0}""")).Fields.ShouldBe(
            ["messageIds[0]", "messageIds[1]", "maxMessages"],
            ignoreOrder: true
        );
    }
}
