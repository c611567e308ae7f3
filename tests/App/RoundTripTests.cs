using System.Text;

namespace FuncQueue.App.Tests;

/// <summary>Bodies are bytes: whatever went in comes out.</summary>
public sealed class RoundTripTests(AppFixture app)
{
    private readonly ApiClient client = app.Client;

    public static TheoryData<string, string?> Bodies =>
        new()
        {
            { "", null },
            { "00", null },
            { "ff", "application/octet-stream" },
            { "68656c6c6f", "text/plain" },
            { "c3a4e282acf09f9880", "text/plain; charset=utf-8" },
            { "22005c080a0d09e280a87f1b", "application/json" },
            { "eda080", "text/plain" },
            { "efbbbf41", "text/csv" },
            { "c0af", "x/y" },
        };

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task A_body_comes_back_byte_for_byte_with_its_content_type(string hex, string? contentType)
    {
        var queue = await client.QueueAsync();
        var body = Convert.FromHexString(hex);
        var id = await client.EnqueueAsync(queue, body, contentType);
        var peeked = (await client.GetAsync(queue + "/messages")).Json["messages"]![0]!;
        var raw = await client.GetAsync($"{queue}/messages/{id}/body");
        raw.Bytes.ShouldBe(body);
        raw.ContentHeaders.ContentType?.ToString().ShouldBe(contentType ?? "application/octet-stream");
        var received = (await client.DequeueAsync(queue))[0]!;
        foreach (var message in new[] { peeked, received })
        {
            BytesOf(message).ShouldBe(body);
            message["contentType"]!.GetValue<string>().ShouldBe(contentType ?? "application/octet-stream");
        }
    }

    [Fact]
    public async Task A_batch_carries_text_and_bytes_side_by_side()
    {
        var queue = await client.QueueAsync();
        var bytes = new byte[1000];
        new Random(1).NextBytes(bytes);
        var answer = await client.PostAsync(
            queue + "/messages/batch",
            $$$"""
            {"messages":[{"body":"täxt \u0000 \"quoted\"","attributes":{"Größe":"Ü"}},{"bodyBase64":"{{{Convert.ToBase64String(
                bytes
            )}}}","contentType":"image/png"},{"body":""}]}
            """
        );
        answer.Json["results"]!.AsArray().Count.ShouldBe(3);
        var received = await client.DequeueAsync(queue, "?maxMessages=10");
        received
            .Select(m => Convert.ToHexString(BytesOf(m!)))
            .ShouldBe(
                [Convert.ToHexString(Encoding.UTF8.GetBytes("täxt \0 \"quoted\"")), Convert.ToHexString(bytes), ""],
                ignoreOrder: true
            );
        received.Single(m => m!["attributes"]!.AsObject().Count == 1)!["attributes"]!["Größe"]!.GetValue<string>().ShouldBe("Ü");
        received
            .Select(m => m!["contentType"]!.GetValue<string>())
            .ShouldBe(["text/plain; charset=utf-8", "image/png", "text/plain; charset=utf-8"], ignoreOrder: true);
    }

    [Fact]
    public async Task Unicode_and_large_attributes_come_back()
    {
        var queue = await client.QueueAsync();
        // Percent-encoded, three times as long: nearly what headers may hold, and nearly what JSON may.
        var large = string.Concat(Enumerable.Repeat("ä€😀", 850));
        var larger = string.Concat(Enumerable.Repeat("ä€😀", 3600));
        await client.EnqueueAsync(
            queue,
            [],
            null,
            ("X-Attribute-Greeting", Uri.EscapeDataString("Grüße 👋 \n%")),
            ("x-attribute-large", Uri.EscapeDataString(large)),
            ("x-attribute-empty", "")
        );
        var attributes = (await client.DequeueAsync(queue))[0]!["attributes"]!;
        attributes["greeting"]!.GetValue<string>().ShouldBe("Grüße 👋 \n%");
        attributes["large"]!.GetValue<string>().ShouldBe(large);
        attributes["empty"]!.GetValue<string>().ShouldBe("");
        var batch = new JsonObject
        {
            ["messages"] = new JsonArray(
                new JsonObject
                {
                    ["body"] = "",
                    ["attributes"] = new JsonObject { ["larger"] = larger },
                }
            ),
        };
        (await client.PostAsync(queue + "/messages/batch", batch.ToJsonString())).Json["results"]![0]!["messageId"].ShouldNotBeNull();
        (await client.DequeueAsync(queue))[0]!["attributes"]!["larger"]!.GetValue<string>().ShouldBe(larger);
    }

    [Theory]
    [InlineData(32 * 1024)]
    [InlineData(32 * 1024 + 1)]
    [InlineData(5_000_000)]
    public async Task Bodies_on_both_sides_of_the_line_between_row_and_blob_come_back(int size)
    {
        var queue = await client.QueueAsync();
        var body = new byte[size];
        new Random(size).NextBytes(body);
        await client.EnqueueAsync(queue, body, "image/png");
        var message = (await client.DequeueAsync(queue))[0]!;
        (message["bodyUrl"] is not null).ShouldBe(size > 32 * 1024);
        (await BytesOfAsync(message)).AsSpan().SequenceEqual(body).ShouldBeTrue();
        (await client.SettleAsync(queue, "ack", message)).ShouldBe("ok");
    }

    [Fact]
    public async Task A_hundred_MiB_stream_through_in_both_directions_without_being_held_in_memory()
    {
        // An app of its own: another test's garbage is not this one's.
        await using var alone = await AppProcess.StartAsync(app.Environment([]));
        var own = new ApiClient(alone.Address, client.Key);
        var queue = await own.QueueAsync();
        await own.EnqueueAsync(queue, new byte[100_000]);
        var body = new byte[100 * 1024 * 1024];
        new Random(7).NextBytes(body);
        await own.EnqueueAsync(queue, body);
        var message = (await own.DequeueAsync(queue, "?maxMessages=2")).Last()!;
        using var response = await own.Http.GetAsync(message["bodyUrl"]!.GetValue<string>(), HttpCompletionOption.ResponseHeadersRead);
        response.Content.Headers.ContentLength.ShouldBe(body.Length);
        (await response.Content.ReadAsByteArrayAsync()).AsSpan().SequenceEqual(body).ShouldBeTrue();
        using var process = System.Diagnostics.Process.GetProcessById(alone.Id);
        // The body twice over would be 200 MiB; the whole process, runtime included, stays below that.
        process.PeakWorkingSet64.ShouldBeLessThan(400L * 1024 * 1024);
    }

    [Fact]
    public async Task A_blob_body_of_a_message_that_a_delete_took_stays_readable()
    {
        var queue = await client.QueueAsync();
        var body = new byte[200_000];
        new Random(3).NextBytes(body);
        await client.EnqueueAsync(queue, body, "video/mp4");
        var message = (await client.DequeueAsync(queue, "?mode=delete"))[0]!;
        message["receipt"].ShouldBeNull();
        var kept = await client.SendAsync(HttpMethod.Get, message["bodyUrl"]!.GetValue<string>());
        kept.Bytes.AsSpan().SequenceEqual(body).ShouldBeTrue();
        kept.ContentHeaders.ContentType!.ToString().ShouldBe("video/mp4");
        (await client.GetAsync($"{queue}/messages/{message["messageId"]}")).Status.ShouldBe(HttpStatusCode.NotFound);
        (await client.CountsAsync(queue)).ShouldBe("""{"ready":0,"leased":0,"scheduled":0,"deadLettered":0}""");
    }

    [Fact]
    public async Task The_trace_of_the_producer_is_handed_to_the_consumer()
    {
        var queue = await client.QueueAsync();
        const string trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        await client.EnqueueAsync(queue, "x"u8.ToArray(), null, ("traceparent", trace));
        (await client.DequeueAsync(queue))[0]!["traceparent"]!.GetValue<string>().ShouldBe(trace);
    }

    [Fact]
    public async Task The_state_of_the_trace_goes_with_it_into_dead_letters_and_back_and_means_nothing_without_it()
    {
        var queue = await client.QueueAsync();
        const string trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        const string state = "vendor=1,other=2";
        await client.EnqueueAsync(queue, "x"u8.ToArray(), null, ("traceparent", trace), ("tracestate", state));
        var message = (await client.DequeueAsync(queue))[0]!;
        message["tracestate"]!.GetValue<string>().ShouldBe(state);
        await client.SettleAsync(queue, "deadletter", message);
        var dead = (await client.GetAsync(queue + "/deadletter/messages")).Json["messages"]![0]!;
        (dead["traceparent"]!.GetValue<string>(), dead["tracestate"]!.GetValue<string>()).ShouldBe((trace, state));
        await client.PostAsync(queue + "/deadletter/redrive");
        (await client.GetAsync(queue + "/messages")).Json["messages"]![0]!["tracestate"]!.GetValue<string>().ShouldBe(state);
        var other = await client.QueueAsync();
        // Not one that is missing: a host in front of the app may have put its own in.
        await client.EnqueueAsync(other, "x"u8.ToArray(), null, ("traceparent", "00-nonsense"), ("tracestate", state));
        await client.EnqueueAsync(other, "x"u8.ToArray(), null, ("traceparent", trace), ("tracestate", new string('x', 513)));
        (await client.DequeueAsync(other, "?maxMessages=2")).ShouldAllBe(m => m!["tracestate"] == null);
        var batch = $$"""
            {"messages":[
              {"body":"a"},{"body":"b","traceparent":"{{trace}}"},{"body":"c","traceparent":"{{trace}}","tracestate":"own=3"},
              {"body":"d","tracestate":"own=4"}]}
            """;
        (
            await client.SendAsync(
                HttpMethod.Post,
                queue + "/messages/batch",
                ApiClient.Json(batch),
                ("traceparent", trace),
                ("tracestate", state)
            )
        ).Status.ShouldBe(HttpStatusCode.OK);
        var ofBatch = (await client.GetAsync(queue + "/messages")).Json["messages"]!.AsArray();
        ofBatch.Single(m => m!["body"]!.GetValue<string>() == "a")!["tracestate"]!.GetValue<string>().ShouldBe(state);
        ofBatch.Single(m => m!["body"]!.GetValue<string>() == "b")!["tracestate"].ShouldBeNull();
        ofBatch.Single(m => m!["body"]!.GetValue<string>() == "c")!["tracestate"]!.GetValue<string>().ShouldBe("own=3");
        ofBatch.Single(m => m!["body"]!.GetValue<string>() == "d")!["tracestate"]!.GetValue<string>().ShouldBe(state);
    }

    private static byte[] BytesOf(JsonNode message) =>
        message["body"] is { } text
            ? Encoding.UTF8.GetBytes(text.GetValue<string>())
            : Convert.FromBase64String(message["bodyBase64"]!.GetValue<string>());

    private async Task<byte[]> BytesOfAsync(JsonNode message) =>
        message["bodyUrl"] is { } url ? (await client.SendAsync(HttpMethod.Get, url.GetValue<string>())).Bytes : BytesOf(message);
}
