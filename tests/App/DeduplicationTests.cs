namespace FuncQueue.App.Tests;

/// <summary>What counts as a repeat, over HTTP.</summary>
public sealed class DeduplicationTests(AppFixture app)
{
    private readonly ApiClient client = app.Client;

    [Fact]
    public async Task By_content_body_and_attributes_count_and_an_id_goes_before_them()
    {
        var queue = await client.QueueAsync("""{"contentBasedDeduplication":true}""");
        var first = await SendAsync(queue, "same", ("x-attribute-a", "1"));
        first.Status.ShouldBe(HttpStatusCode.Created);
        var repeat = await SendAsync(queue, "same", ("x-attribute-a", "1"));
        repeat.Status.ShouldBe(HttpStatusCode.OK);
        repeat.Json["messageId"]!.GetValue<string>().ShouldBe(first.Json["messageId"]!.GetValue<string>());
        repeat.Json["enqueuedAt"]!.GetValue<string>().ShouldBe(first.Json["enqueuedAt"]!.GetValue<string>());
        (await SendAsync(queue, "same", ("x-attribute-a", "2"))).Status.ShouldBe(HttpStatusCode.Created);
        (await SendAsync(queue, "other", ("x-attribute-a", "1"))).Status.ShouldBe(HttpStatusCode.Created);
        (await SendAsync(queue, "same", ("x-attribute-a", "1"), ("Idempotency-Key", "k"))).Status.ShouldBe(HttpStatusCode.Created);
        (await SendAsync(queue, "not the same", ("Idempotency-Key", "k"))).Status.ShouldBe(HttpStatusCode.OK);
        (await client.CountsAsync(queue)).ShouldContain("\"ready\":4");
    }

    [Fact]
    public async Task A_batch_of_one_id_is_stored_once_as_a_whole()
    {
        var queue = await client.QueueAsync();
        const string batch = """{"deduplicationId":"once","messages":[{"body":"a"},{"body":"b","priority":3},{"body":"c"}]}""";
        var first = (await client.PostAsync(queue + "/messages/batch", batch)).Json["results"]!.AsArray();
        first.ShouldAllBe(r => !r!["duplicate"]!.GetValue<bool>());
        var repeat = (await client.PostAsync(queue + "/messages/batch", batch)).Json["results"]!.AsArray();
        repeat.ShouldAllBe(r => r!["duplicate"]!.GetValue<bool>());
        repeat.Select(r => r!["messageId"]!.GetValue<string>()).ShouldBe(first.Select(r => r!["messageId"]!.GetValue<string>()));
        (await client.CountsAsync(queue)).ShouldContain("\"ready\":3");
    }

    [Fact]
    public async Task A_batch_that_cannot_be_stored_as_one_is_refused_whole()
    {
        var queue = await client.QueueAsync();
        var two = await client.PostAsync(
            queue + "/messages/batch",
            """{"deduplicationId":"once","messages":[{"body":"a"},{"body":"b","deduplicationId":"own"}]}"""
        );
        (two.Code, two.Fields.Single()).ShouldBe(("invalid-request", "messages[1].deduplicationId"));
        var none = await client.PostAsync(queue + "/messages/batch", """{"deduplicationId":"","messages":[{"body":"a"}]}""");
        (none.Code, none.Fields.Single()).ShouldBe(("invalid-request", "deduplicationId"));
        var tooLong = new string('x', 32 * 1024 + 1);
        var large = $$"""{"deduplicationId":"once","messages":[{"body":"a"},{"body":"{{tooLong}}"}]}""";
        (await client.PostAsync(queue + "/messages/batch", large)).Code.ShouldBe("message-too-large");
        (await client.CountsAsync(queue)).ShouldContain("\"ready\":0");
        var fifo = await client.FifoAsync();
        var ordered = await client.PostAsync(
            fifo + "/messages/batch",
            """{"deduplicationId":"once","messages":[{"body":"a","groupId":"g"}]}"""
        );
        (ordered.Code, ordered.Fields.Single()).ShouldBe(("invalid-request", "deduplicationId"));
    }

    [Theory]
    [InlineData(1, HttpStatusCode.OK)]
    [InlineData(3, HttpStatusCode.Created)]
    public async Task On_a_FIFO_queue_an_id_counts_for_the_queue_or_with_several_shards_for_the_group(
        int shards,
        HttpStatusCode inAnotherGroup
    )
    {
        var queue = await client.FifoAsync($$"""{"type":"fifo","shards":{{shards}}}""");
        var first = await client.PostAsync(queue + "/messages?groupId=a&deduplicationId=17");
        first.Status.ShouldBe(HttpStatusCode.Created);
        var repeat = await client.PostAsync(queue + "/messages?groupId=a&deduplicationId=17");
        repeat.Status.ShouldBe(HttpStatusCode.OK);
        repeat.Json["duplicate"]!.GetValue<bool>().ShouldBeTrue();
        repeat.Json["sequenceNumber"]!.GetValue<long>().ShouldBe(first.Json["sequenceNumber"]!.GetValue<long>());
        (await client.PostAsync(queue + "/messages?groupId=b&deduplicationId=17")).Status.ShouldBe(inAnotherGroup);
    }

    [Fact]
    public async Task A_message_that_is_long_gone_still_answers_for_its_repeats()
    {
        var queue = await client.QueueAsync();
        var first = await SendAsync(queue, "x", ("Idempotency-Key", "once"));
        await client.SettleAsync(queue, "ack", (await client.DequeueAsync(queue))[0]!);
        var repeat = await SendAsync(queue, "x", ("Idempotency-Key", "once"));
        repeat.Status.ShouldBe(HttpStatusCode.OK);
        repeat.Json["messageId"]!.GetValue<string>().ShouldBe(first.Json["messageId"]!.GetValue<string>());
        (await client.DequeueAsync(queue)).ShouldBeEmpty();
    }

    [Fact]
    public async Task After_the_window_the_id_stands_for_a_new_message()
    {
        var queue = await client.QueueAsync("""{"deduplicationWindowSeconds":1}""");
        (await SendAsync(queue, "x", ("Idempotency-Key", "k"))).Status.ShouldBe(HttpStatusCode.Created);
        await Until.TrueAsync(
            async () => (await SendAsync(queue, "x", ("Idempotency-Key", "k"))).Status == HttpStatusCode.Created,
            "the window ends"
        );
    }

    [Fact]
    public async Task Of_two_processes_racing_with_one_id_one_stores_the_message_and_both_name_it()
    {
        await using var second = await AppProcess.StartAsync(app.Environment([]));
        var other = new ApiClient(second.Address, app.Client.Key);
        var queue = await client.QueueAsync("""{"shards":4}""");
        for (var i = 0; i < 20; i++)
        {
            var answers = await Task.WhenAll(
                new[] { client, other, client, other }.Select(c => c.PostAsync($"{queue}/messages?deduplicationId=race-{i}"))
            );
            answers.Count(a => a.Status == HttpStatusCode.Created).ShouldBe(1);
            answers.ShouldAllBe(a => a.Status == HttpStatusCode.Created || a.Status == HttpStatusCode.OK);
            answers.Select(a => a.Json["messageId"]!.GetValue<string>()).Distinct().ShouldHaveSingleItem();
        }

        (await client.CountsAsync(queue)).ShouldContain("\"ready\":20");
    }

    private Task<Answer> SendAsync(string queue, string text, params (string Name, string Value)[] headers) =>
        client.SendAsync(HttpMethod.Post, queue + "/messages", new StringContent(text), headers);
}
