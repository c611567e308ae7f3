namespace FuncQueue.App.Tests;

/// <summary>Each verb of the API does what it is for, over real HTTP.</summary>
public sealed class VerbTests(AppFixture app)
{
    private readonly ApiClient client = app.Client;

    [Fact]
    public async Task A_queue_is_created_changed_listed_and_deleted_for_good()
    {
        var queue = await client.QueueAsync(
            """{"visibilityTimeoutSeconds":60,"maxDeliveryCount":null,"messageTtlSeconds":null,"tags":{"team":"orders"}}"""
        );
        var created = (await client.GetAsync(queue)).Json;
        created["visibilityTimeoutSeconds"]!.GetValue<int>().ShouldBe(60);
        created["maxDeliveryCount"].ShouldBeNull();
        created["messageTtlSeconds"].ShouldBeNull();
        created["tags"]!["team"]!.GetValue<string>().ShouldBe("orders");
        created["oldestMessageAgeSeconds"].ShouldBeNull();
        var changed = await client.PutAsync(queue, """{"shards":4,"deadLetterTtlSeconds":3600}""");
        changed.Status.ShouldBe(HttpStatusCode.OK);
        changed.Json["visibilityTimeoutSeconds"]!.GetValue<int>().ShouldBe(60);
        changed.Json["shards"]!.GetValue<int>().ShouldBe(4);
        (await client.PutAsync(queue, """{"shards":2}""")).Fields.ShouldBe(["shards"]);
        (await client.PutAsync(queue, """{"type":"fifo"}""")).Code.ShouldBe("queue-type-mismatch");
        await client.EnqueueAsync(queue, "old");
        (await client.DeleteAsync(queue)).Status.ShouldBe(HttpStatusCode.NoContent);
        (await client.DeleteAsync(queue)).Code.ShouldBe("queue-not-found");
        (await client.PutAsync(queue)).Status.ShouldBe(HttpStatusCode.Created);
        (await client.DequeueAsync(queue)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Queues_are_listed_by_prefix_page_by_page()
    {
        var prefix = $"list-{Environment.ProcessId}-";
        var names = new[] { "A", "B", "a", "b", "c" }.Select(n => prefix + n).ToList();
        foreach (var name in names)
            await client.PutAsync("/queues/" + name);
        var seen = new List<string>();
        string? continuation = null;
        do
        {
            var page = (
                await client.GetAsync(
                    $"/queues?prefix={prefix}&maxResults=2" + (continuation is null ? "" : $"&continuation={continuation}")
                )
            ).Json;
            seen.AddRange(page["queues"]!.AsArray().Select(q => q!["name"]!.GetValue<string>()));
            continuation = page["continuation"]?.GetValue<string>();
        } while (continuation is not null);
        seen.ShouldBe(names);
    }

    [Fact]
    public async Task Enqueue_dequeue_ack()
    {
        var queue = await client.QueueAsync();
        var id = await client.EnqueueAsync(queue, "hello");
        var message = (await client.DequeueAsync(queue)).ShouldHaveSingleItem()!;
        message["messageId"]!.GetValue<string>().ShouldBe(id);
        message["body"]!.GetValue<string>().ShouldBe("hello");
        message["deliveryCount"]!.GetValue<int>().ShouldBe(1);
        (await client.GetAsync($"{queue}/messages/{id}")).Json["status"]!.GetValue<string>().ShouldBe("leased");
        (await client.DequeueAsync(queue)).ShouldBeEmpty();
        (await client.SettleAsync(queue, "ack", message)).ShouldBe("ok");
        (await client.SettleAsync(queue, "ack", message)).ShouldBe("lease-lost");
        (await client.GetAsync($"{queue}/messages/{id}")).Code.ShouldBe("message-not-found");
        (await client.CountsAsync(queue)).ShouldBe("""{"ready":0,"leased":0,"scheduled":0,"deadLettered":0}""");
    }

    [Fact]
    public async Task A_nack_gives_the_message_back_at_once_or_after_its_delay()
    {
        var queue = await client.QueueAsync();
        await client.EnqueueAsync(queue, "x");
        (await client.SettleAsync(queue, "nack", (await client.DequeueAsync(queue))[0]!)).ShouldBe("ok");
        var again = (await client.DequeueAsync(queue))[0]!;
        again["deliveryCount"]!.GetValue<int>().ShouldBe(2);
        (await client.SettleAsync(queue, "nack", again, ""","delaySeconds":3600""")).ShouldBe("ok");
        (await client.DequeueAsync(queue)).ShouldBeEmpty();
        (await client.CountsAsync(queue)).ShouldContain("\"scheduled\":1");
    }

    [Fact]
    public async Task An_extension_answers_the_new_end_and_the_receipt_stays_good()
    {
        var queue = await client.QueueAsync();
        await client.EnqueueAsync(queue, "x");
        var message = (await client.DequeueAsync(queue, "?visibilityTimeoutSeconds=5"))[0]!;
        var answer = await client.PostAsync(
            queue + "/messages/extend",
            $$"""{"receipts":["{{message["receipt"]}}"],"visibilityTimeoutSeconds":600}"""
        );
        var visibleAt = answer.Json["results"]![0]!["visibleAt"]!.GetValue<DateTimeOffset>();
        visibleAt.ShouldBeGreaterThan(message["visibleAt"]!.GetValue<DateTimeOffset>() + TimeSpan.FromSeconds(500));
        (await client.SettleAsync(queue, "ack", message)).ShouldBe("ok");
    }

    [Fact]
    public async Task Dead_letters_keep_reason_count_and_body_and_can_be_looked_at_received_settled_and_redriven()
    {
        var queue = await client.QueueAsync("""{"maxDeliveryCount":2}""");
        var id = await client.EnqueueAsync(queue, "poison"u8.ToArray(), "text/plain", ("x-attribute-kind", "bad"));
        await client.SettleAsync(queue, "nack", (await client.DequeueAsync(queue))[0]!);
        await client.SettleAsync(queue, "nack", (await client.DequeueAsync(queue))[0]!);
        await client.EnqueueAsync(queue, "refused");
        await client.SettleAsync(queue, "deadletter", (await client.DequeueAsync(queue))[0]!, ""","reason":"no such customer" """);
        (await client.CountsAsync(queue)).ShouldBe("""{"ready":0,"leased":0,"scheduled":0,"deadLettered":2}""");
        (await client.GetAsync($"{queue}/messages/{id}")).Json["status"]!.GetValue<string>().ShouldBe("deadLettered");
        var peeked = (await client.GetAsync(queue + "/deadletter/messages")).Json["messages"]!.AsArray();
        peeked
            .Select(m => m!["deadLetterReason"]!.GetValue<string>())
            .ShouldBe(["max-delivery-count-exceeded", "no such customer"], ignoreOrder: true);
        peeked.Single(m => m!["messageId"]!.GetValue<string>() == id)!["deliveryCount"]!.GetValue<int>().ShouldBe(2);

        var received = await client.DequeueAsync(queue, "?maxMessages=2", "deadletter");
        received.Count.ShouldBe(2);
        var poison = received.Single(m => m!["messageId"]!.GetValue<string>() == id)!;
        poison["attributes"]!["kind"]!.GetValue<string>().ShouldBe("bad");
        (await client.SettleAsync(queue, "extend", poison, ""","visibilityTimeoutSeconds":60""", "deadletter")).ShouldBe("ok");
        (await client.SettleAsync(queue, "nack", poison, "", "deadletter")).ShouldBe("ok");
        (await client.SettleAsync(queue, "ack", received.Single(m => m != poison)!, "", "deadletter")).ShouldBe("ok");

        var redriven = await client.PostAsync(queue + "/deadletter/redrive", $$"""{"messageIds":["{{id}}"]}""");
        redriven.Json.ToJsonString().ShouldBe("""{"moved":1,"remaining":0}""");
        var live = (await client.DequeueAsync(queue))[0]!;
        live["body"]!.GetValue<string>().ShouldBe("poison");
        live["messageId"]!.GetValue<string>().ShouldNotBe(id);
        live["originalMessageId"]!.GetValue<string>().ShouldBe(id);
        live["deliveryCount"]!.GetValue<int>().ShouldBe(1);
        live["deadLetterReason"].ShouldBeNull();
    }

    [Fact]
    public async Task Purges_say_what_they_dropped()
    {
        var queue = await client.QueueAsync();
        foreach (var text in new[] { "a", "b", "c" })
            await client.EnqueueAsync(queue, text);
        await client.SettleAsync(queue, "deadletter", (await client.DequeueAsync(queue))[0]!);
        await client.DequeueAsync(queue);
        (await client.PostAsync(queue + "/purge")).Json.ToJsonString().ShouldBe("""{"purged":2,"complete":true}""");
        (await client.PostAsync(queue + "/deadletter/purge")).Json.ToJsonString().ShouldBe("""{"purged":1,"complete":true}""");
        (await client.PostAsync(queue + "/purge")).Json["purged"]!.GetValue<int>().ShouldBe(0);
    }

    [Fact]
    public async Task Peeks_page_through_the_ready_messages_oldest_first()
    {
        var queue = await client.QueueAsync();
        for (var i = 0; i < 7; i++)
            await client.EnqueueAsync(queue, $"{i}");
        var (seen, url) = (new List<string>(), queue + "/messages?maxMessages=3");
        for (var next = url; next is not null; )
        {
            var page = (await client.GetAsync(next)).Json;
            seen.AddRange(page["messages"]!.AsArray().Select(m => m!["body"]!.GetValue<string>()));
            next = page["continuation"] is { } continuation ? $"{url}&continuation={continuation}" : null;
        }

        seen.ShouldBe(["0", "1", "2", "3", "4", "5", "6"]);
        (await client.CountsAsync(queue)).ShouldContain("\"ready\":7");
    }

    [Fact]
    public async Task A_long_poll_answers_as_soon_as_a_message_comes()
    {
        var queue = await client.QueueAsync();
        var waiting = client.DequeueAsync(queue, "?waitSeconds=20");
        await client.EnqueueAsync(queue, "there");
        (await waiting)[0]!["body"]!.GetValue<string>().ShouldBe("there");
    }

    [Fact]
    public async Task A_delayed_message_waits_and_one_due_in_the_past_does_not()
    {
        var queue = await client.QueueAsync();
        (await client.PostAsync(queue + "/messages?delaySeconds=3600")).Status.ShouldBe(HttpStatusCode.Created);
        (await client.PostAsync(queue + "/messages?enqueueAt=2020-01-01T00:00:00%2B02:00")).Status.ShouldBe(HttpStatusCode.Created);
        (await client.CountsAsync(queue)).ShouldContain("\"ready\":1,\"leased\":0,\"scheduled\":1");
        (await client.DequeueAsync(queue, "?maxMessages=10")).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_repeat_is_answered_with_the_first_message_however_its_id_is_given()
    {
        var queue = await client.QueueAsync();
        var first = await client.PostAsync(queue + "/messages?deduplicationId=order-17");
        first.Status.ShouldBe(HttpStatusCode.Created);
        var repeat = await client.SendAsync(HttpMethod.Post, queue + "/messages", null, ("Idempotency-Key", "order-17"));
        repeat.Status.ShouldBe(HttpStatusCode.OK);
        repeat.Json["duplicate"]!.GetValue<bool>().ShouldBeTrue();
        repeat.Json["messageId"]!.GetValue<string>().ShouldBe(first.Json["messageId"]!.GetValue<string>());
        var batch = await client.PostAsync(
            queue + "/messages/batch",
            """{"messages":[{"body":"a","deduplicationId":"order-17"},{"body":"b","deduplicationId":"order-18"},{"body":"c","deduplicationId":"order-18"},{"body":"d"}]}"""
        );
        batch.Json["results"]!.AsArray().Select(r => r!["duplicate"]!.GetValue<bool>()).ShouldBe([true, false, true, false]);
        (await client.CountsAsync(queue)).ShouldContain("\"ready\":3");
    }

    [Fact]
    public async Task Scheduled_messages_are_listed_and_cancelled_and_due_ones_are_not()
    {
        var queue = await client.QueueAsync();
        foreach (var hours in new[] { 3, 1, 2 })
            await client.PostAsync($"{queue}/messages?delaySeconds={hours * 3600}");
        await client.EnqueueAsync(queue, "due");
        await client.EnqueueAsync(queue, "given back");
        foreach (var message in await client.DequeueAsync(queue, "?maxMessages=2"))
        {
            if (message!["body"]!.GetValue<string>() == "given back")
                await client.SettleAsync(queue, "nack", message, ""","delaySeconds":60""");
        }

        var (seen, url) = (new List<JsonNode>(), queue + "/scheduled?maxMessages=3");
        for (var next = url; next is not null; )
        {
            var page = (await client.GetAsync(next)).Json;
            seen.AddRange(page["messages"]!.AsArray().Select(m => m!));
            next = page["continuation"] is { } continuation ? $"{url}&continuation={continuation}" : null;
        }

        seen.Count.ShouldBe(4);
        seen.Select(m => m["visibleAt"]!.GetValue<DateTimeOffset>()).ShouldBeInOrder();
        foreach (var message in seen)
        {
            var id = message["messageId"]!.GetValue<string>();
            (await client.DeleteAsync($"{queue}/scheduled/{id}")).Status.ShouldBe(HttpStatusCode.NoContent);
            (await client.DeleteAsync($"{queue}/scheduled/{id}")).Code.ShouldBe("message-not-found");
        }

        (await client.CountsAsync(queue)).ShouldBe("""{"ready":0,"leased":1,"scheduled":0,"deadLettered":0}""");
        var due = await client.EnqueueAsync(queue, "due");
        (await client.DeleteAsync($"{queue}/scheduled/{due}")).Code.ShouldBe("message-not-found");
        (await client.CountsAsync(queue)).ShouldContain("\"ready\":1");
    }

    [Fact]
    public async Task Many_callers_at_once_lose_nothing_and_get_nothing_twice()
    {
        var queue = await client.QueueAsync();
        var sent = await Task.WhenAll(Enumerable.Range(0, 300).Select(i => client.EnqueueAsync(queue, $"{i}")));
        var received = await Task.WhenAll(
            Enumerable
                .Range(0, 16)
                .Select(async _ =>
                {
                    var mine = new List<string>();
                    while (await client.DequeueAsync(queue, "?maxMessages=10") is { Count: > 0 } some)
                    {
                        mine.AddRange(some.Select(m => m!["messageId"]!.GetValue<string>()));
                        foreach (var message in some)
                            (await client.SettleAsync(queue, "ack", message!)).ShouldBe("ok");
                    }

                    return mine;
                })
        );
        received.SelectMany(r => r).ShouldBe(sent, ignoreOrder: true);
    }

    [Fact]
    public async Task Health_is_open_and_says_that_storage_answers()
    {
        var answer = await client.GetAsync("/health");
        answer.Status.ShouldBe(HttpStatusCode.OK);
        answer.Json["status"]!.GetValue<string>().ShouldBe("healthy");
    }
}
