namespace FuncQueue.App.Tests;

/// <summary>FIFO queues over HTTP: what is delivered in which order, and what frees a group.</summary>
public sealed class FifoTests(AppFixture app)
{
    private readonly ApiClient client = app.Client;

    [Fact]
    public async Task A_queue_of_type_fifo_says_so_and_may_be_named_so()
    {
        var name = $"/queues/named-{Environment.ProcessId}.fifo";
        (await client.PutAsync(name)).Fields.ShouldBe(["queue"]);
        (await client.PutAsync(name, """{"type":"standard"}""")).Fields.ShouldBe(["queue"]);
        var created = await client.PutAsync(name, """{"type":"fifo","shards":4}""");
        created.Status.ShouldBe(HttpStatusCode.Created);
        created.Json["type"]!.GetValue<string>().ShouldBe("fifo");
        (await client.GetAsync(name)).Json["shards"]!.GetValue<int>().ShouldBe(4);
    }

    [Theory]
    [InlineData("""{"shards":3}""")]
    [InlineData("""{"shards":1}""")]
    [InlineData("""{"type":"standard"}""")]
    public async Task Its_type_and_shards_are_fixed_and_the_rest_is_not(string change)
    {
        var queue = await client.QueueAsync("""{"type":"fifo","shards":2}""");
        var answer = await client.PutAsync(queue, change);
        answer.Status.ShouldBe(HttpStatusCode.Conflict);
        answer.Code.ShouldBe("queue-type-mismatch");
        var kept = await client.PutAsync(queue, """{"type":"fifo","shards":2,"maxDeliveryCount":3,"contentBasedDeduplication":true}""");
        kept.Status.ShouldBe(HttpStatusCode.OK);
        kept.Json["maxDeliveryCount"]!.GetValue<int>().ShouldBe(3);
        (await client.PutAsync(await client.QueueAsync(), """{"type":"fifo"}""")).Code.ShouldBe("queue-type-mismatch");
    }

    [Fact]
    public async Task A_message_without_a_group_is_refused_alone_and_in_a_batch_and_nothing_is_stored()
    {
        var queue = await client.FifoAsync();
        var alone = await client.PostAsync(queue + "/messages");
        alone.Status.ShouldBe(HttpStatusCode.BadRequest);
        alone.Code.ShouldBe("group-required");
        alone.Fields.ShouldBe(["groupId"]);
        var batch = await client.PostAsync(
            queue + "/messages/batch",
            """{"messages":[{"body":"a","groupId":"g"},{"body":"b"},{"body":"c"}]}"""
        );
        batch.Code.ShouldBe("group-required");
        batch.Fields.ShouldBe(["messages[1].groupId", "messages[2].groupId"]);
        (await client.CountsAsync(queue)).ShouldContain("\"ready\":0");
    }

    [Fact]
    public async Task What_would_break_the_order_is_refused_with_all_faults_at_once_even_where_it_is_zero()
    {
        var queue = await client.FifoAsync();
        foreach (var one in new[] { "delaySeconds=0", "delaySeconds=5", "enqueueAt=2020-01-01T00:00:00Z", "priority=0", "priority=9" })
        {
            var answer = await client.PostAsync($"{queue}/messages?groupId=g&{one}");
            answer.Status.ShouldBe(HttpStatusCode.BadRequest);
            answer.Code.ShouldBe("invalid-request");
            answer.Fields.ShouldBe([one.Split('=')[0]]);
        }

        var all = await client.PostAsync(
            queue + "/messages/batch",
            """{"messages":[{"body":"a","priority":1,"delaySeconds":1},{"body":"b","groupId":"g","enqueueAt":"2030-01-01T00:00:00Z"},{"body":"c","groupId":"g"}]}"""
        );
        all.Code.ShouldBe("invalid-request");
        all.Fields.ShouldBe(
            ["messages[0].groupId", "messages[0].delaySeconds", "messages[0].priority", "messages[1].enqueueAt"],
            ignoreOrder: true
        );
        (await client.GetAsync(queue)).Json["counts"]!.ToJsonString().ShouldBe("""{"ready":0,"leased":0,"scheduled":0,"deadLettered":0}""");
    }

    [Fact]
    public async Task A_group_comes_in_order_with_numbers_that_rise_and_many_in_one_call()
    {
        var queue = await client.FifoAsync();
        var told = new List<long> { await client.EnqueueInGroupAsync(queue, "a", "0") };
        var batch = string.Join(',', Enumerable.Range(1, 99).Select(i => $$"""{"body":"{{i}}","groupId":"a"}"""));
        var results = (await client.PostAsync(queue + "/messages/batch", $$"""{"messages":[{{batch}}]}""")).Json["results"]!.AsArray();
        told.AddRange(results.Select(r => r!["sequenceNumber"]!.GetValue<long>()));
        told.ShouldBeInOrder();
        told.ShouldBeUnique();
        var received = await client.DequeueAsync(queue, "?maxMessages=100");
        Bodies(received).ShouldBe(Enumerable.Range(0, 100).Select(i => $"{i}"));
        received.Select(m => m!["sequenceNumber"]!.GetValue<long>()).ShouldBe(told);
        received.ShouldAllBe(m => m!["groupId"]!.GetValue<string>() == "a");
    }

    [Fact]
    public async Task A_group_that_is_out_waits_and_does_not_block_another()
    {
        var queue = await client.FifoAsync();
        await client.EnqueueInGroupAsync(queue, "a", "a1", "a2");
        await client.EnqueueInGroupAsync(queue, "b", "b1", "b2");
        Bodies(await client.DequeueAsync(queue)).ShouldBe(["a1"]);
        Bodies(await client.DequeueAsync(queue, "?maxMessages=10")).ShouldBe(["b1", "b2"]);
        (await client.DequeueAsync(queue, "?maxMessages=10")).ShouldBeEmpty();
        (await client.DequeueAsync(queue, "?mode=delete")).ShouldBeEmpty();
        (await client.CountsAsync(queue)).ShouldBe("""{"ready":1,"leased":3,"scheduled":0,"deadLettered":0}""");
    }

    [Theory]
    [InlineData("ack", "", "a2")]
    [InlineData("nack", "", "a1")]
    [InlineData("deadletter", ""","reason":"broken" """, "a2")]
    [InlineData("extend", ""","visibilityTimeoutSeconds":0""", "a1")]
    public async Task A_group_is_free_again_once_its_message_is_settled(string verb, string more, string next)
    {
        var queue = await client.FifoAsync();
        await client.EnqueueInGroupAsync(queue, "a", "a1", "a2");
        var first = (await client.DequeueAsync(queue))[0]!;
        (await client.DequeueAsync(queue)).ShouldBeEmpty();
        (await client.SettleAsync(queue, verb, first, more)).ShouldBe("ok");
        // Where the end of the lease has passed, clocks of other processes may yet be behind: wait for it.
        Bodies(await client.DequeueAsync(queue, "?waitSeconds=20")).ShouldBe([next]);
    }

    [Fact]
    public async Task A_group_is_free_again_once_the_lease_has_ended_and_a_waiting_consumer_gets_the_same_message_first()
    {
        var queue = await client.FifoAsync();
        await client.EnqueueInGroupAsync(queue, "a", "a1", "a2");
        Bodies(await client.DequeueAsync(queue, "?visibilityTimeoutSeconds=1")).ShouldBe(["a1"]);
        var again = (await client.DequeueAsync(queue, "?waitSeconds=20&maxMessages=10")).ToList();
        Bodies(again).ShouldBe(["a1", "a2"]);
        again.Select(m => m!["deliveryCount"]!.GetValue<int>()).ShouldBe([2, 1]);
    }

    [Fact]
    public async Task Messages_handed_out_together_free_their_group_with_the_last_of_them()
    {
        var queue = await client.FifoAsync();
        await client.EnqueueInGroupAsync(queue, "a", "a1", "a2", "a3");
        var together = await client.DequeueAsync(queue, "?maxMessages=2");
        Bodies(together).ShouldBe(["a1", "a2"]);
        await client.SettleAsync(queue, "ack", together[1]!);
        (await client.DequeueAsync(queue)).ShouldBeEmpty();
        await client.SettleAsync(queue, "ack", together[0]!);
        Bodies(await client.DequeueAsync(queue)).ShouldBe(["a3"]);
    }

    [Fact]
    public async Task Of_messages_handed_out_together_the_first_comes_again_while_the_others_are_out()
    {
        var queue = await client.FifoAsync();
        await client.EnqueueInGroupAsync(queue, "a", "a1", "a2", "a3", "a4");
        var together = await client.DequeueAsync(queue, "?maxMessages=3");
        await client.SettleAsync(queue, "nack", together[1]!);
        (await client.DequeueAsync(queue, "?maxMessages=10")).ShouldBeEmpty();
        await client.SettleAsync(queue, "nack", together[0]!);
        Bodies(await client.DequeueAsync(queue, "?maxMessages=10")).ShouldBe(["a1", "a2"]);
        (await client.SettleAsync(queue, "ack", together[2]!)).ShouldBe("ok");
        (await client.DequeueAsync(queue, "?maxMessages=10")).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_nack_with_a_delay_holds_its_group_and_no_other()
    {
        var queue = await client.FifoAsync();
        await client.EnqueueInGroupAsync(queue, "a", "a1", "a2");
        await client.EnqueueInGroupAsync(queue, "b", "b1");
        await client.SettleAsync(queue, "nack", (await client.DequeueAsync(queue))[0]!, ""","delaySeconds":3600""");
        Bodies(await client.DequeueAsync(queue, "?maxMessages=10")).ShouldBe(["b1"]);
        (await client.GetAsync(queue + "/scheduled")).Json["messages"]!.AsArray().ShouldHaveSingleItem()!["body"]!
            .GetValue<string>()
            .ShouldBe("a1");
    }

    [Fact]
    public async Task A_cancelled_message_lets_its_group_go_on()
    {
        var queue = await client.FifoAsync();
        await client.EnqueueInGroupAsync(queue, "a", "a1", "a2");
        var held = (await client.DequeueAsync(queue))[0]!;
        await client.SettleAsync(queue, "nack", held, ""","delaySeconds":3600""");
        (await client.DequeueAsync(queue)).ShouldBeEmpty();
        (await client.DeleteAsync($"{queue}/scheduled/{held["messageId"]}")).Status.ShouldBe(HttpStatusCode.NoContent);
        Bodies(await client.DequeueAsync(queue)).ShouldBe(["a2"]);
    }

    [Fact]
    public async Task The_delay_of_the_queue_holds_all_its_messages_back_in_order()
    {
        var queue = await client.FifoAsync("""{"type":"fifo","delaySeconds":1}""");
        await client.EnqueueInGroupAsync(queue, "a", "a1", "a2");
        (await client.CountsAsync(queue)).ShouldContain("\"ready\":0,\"leased\":0,\"scheduled\":2");
        Bodies(await client.DequeueAsync(queue, "?waitSeconds=20")).ShouldBe(["a1"]);
    }

    [Fact]
    public async Task A_redriven_message_goes_to_the_end_of_its_group()
    {
        var queue = await client.FifoAsync();
        await client.EnqueueInGroupAsync(queue, "a", "a1", "a2", "a3");
        var broken = (await client.DequeueAsync(queue))[0]!;
        (await client.SettleAsync(queue, "deadletter", broken)).ShouldBe("ok");
        (await client.PostAsync(queue + "/deadletter/redrive")).Json.ToJsonString().ShouldBe("""{"moved":1,"remaining":0}""");
        var all = await client.DequeueAsync(queue, "?maxMessages=10");
        Bodies(all).ShouldBe(["a2", "a3", "a1"]);
        all.Select(m => m!["sequenceNumber"]!.GetValue<long>()).ShouldBeInOrder();
        all[2]!["originalMessageId"]!.GetValue<string>().ShouldBe(broken["messageId"]!.GetValue<string>());
        all[2]!["groupId"]!.GetValue<string>().ShouldBe("a");
    }

    [Fact]
    public async Task Consumers_of_two_processes_see_each_group_in_order_one_delivery_at_a_time()
    {
        await using var second = await AppProcess.StartAsync(app.Environment([]));
        ApiClient[] clients = [client, new ApiClient(second.Address, client.Key)];
        var queue = await client.FifoAsync("""{"type":"fifo","shards":2,"maxDeliveryCount":null}""");
        const int groups = 8,
            each = 15;
        await Task.WhenAll(
            Enumerable
                .Range(0, groups)
                .Select(async g =>
                {
                    for (var i = 0; i < each; i++)
                        await clients[(g + i) % 2].EnqueueInGroupAsync(queue, $"g{g}", $"{i}");
                })
        );
        var next = Enumerable.Range(0, groups).ToDictionary(g => $"g{g}", _ => 0);
        var held = new HashSet<string>();
        var (gate, seed, left) = (new Lock(), Environment.TickCount, groups * each);
        await Task.WhenAll(
            Enumerable
                .Range(0, 6)
                .Select(async c =>
                {
                    var (mine, random) = (clients[c % 2], new Random(seed + c));
                    while (Volatile.Read(ref left) > 0)
                    {
                        var batch = await mine.DequeueAsync(
                            queue,
                            $"?maxMessages={random.Next(1, 6)}&waitSeconds=1&visibilityTimeoutSeconds=600"
                        );
                        foreach (var together in batch.GroupBy(m => m!["groupId"]!.GetValue<string>()))
                        {
                            lock (gate)
                            {
                                held.Add(together.Key).ShouldBeTrue($"{together.Key} was out twice, seed {seed}.");
                                Bodies(together)
                                    .ShouldBe(Enumerable.Range(next[together.Key], together.Count()).Select(i => $"{i}"), $"seed {seed}");
                            }

                            // All of it, or none: what is nacked here comes again, before what is behind it; the last is nacked first, so
                            // that nobody gets the first meanwhile.
                            var acking = random.Next(4) > 0;
                            foreach (var (i, message) in (acking ? together : together.Reverse()).Index())
                            {
                                lock (gate)
                                {
                                    next[together.Key] += acking ? 1 : 0;
                                    if (i == together.Count() - 1)
                                        held.Remove(together.Key);
                                }

                                (await mine.SettleAsync(queue, acking ? "ack" : "nack", message!)).ShouldBe("ok");
                                if (acking)
                                    Interlocked.Decrement(ref left);
                            }
                        }
                    }
                })
        );
        next.Values.ShouldAllBe(n => n == each);
        (await client.CountsAsync(queue)).ShouldBe("""{"ready":0,"leased":0,"scheduled":0,"deadLettered":0}""");
    }

    private static IEnumerable<string> Bodies(IEnumerable<JsonNode?> messages) => messages.Select(m => m!["body"]!.GetValue<string>());
}
