using System.Text.Json;

namespace FuncQueue.Client.Tests.Real;

public sealed class AdministrationTests(AppFixture app)
{
    [Fact]
    public async Task A_queue_is_created_once_changed_on_condition_listed_and_removed()
    {
        await using var client = app.Client();
        var admin = client.Administration;
        var name = $"admin{Guid.NewGuid():N}";
        var created = await admin.CreateQueueAsync(
            name,
            new QueueSettings
            {
                VisibilityTimeout = TimeSpan.FromSeconds(12.5),
                MaxDeliveryCount = QueueSettings.NoLimit,
                MessageTimeToLive = Timeout.InfiniteTimeSpan,
                RetryBackoff = new RetryBackoff { Initial = TimeSpan.FromSeconds(1), Max = TimeSpan.FromMinutes(1) },
                Tags = new Dictionary<string, string> { ["team"] = "a" },
            }
        );
        created.VisibilityTimeout.ShouldBe(TimeSpan.FromSeconds(12.5));
        created.MaxDeliveryCount.ShouldBe(QueueSettings.NoLimit);
        created.MessageTimeToLive.ShouldBe(Timeout.InfiniteTimeSpan);
        created.DeadLetterTimeToLive.ShouldBe(Timeout.InfiniteTimeSpan);
        created.RetryBackoff!.Max.ShouldBe(TimeSpan.FromMinutes(1));
        created.Tags["team"].ShouldBe("a");
        var twice = await Should.ThrowAsync<FuncQueueException>(admin.CreateQueueAsync(name));
        twice.Reason.ShouldBe(FuncQueueErrorReason.PreconditionFailed);
        var changed = await admin.CreateOrUpdateQueueAsync(name, new QueueSettings { Shards = 2 }, created.ETag);
        (changed.Shards, changed.VisibilityTimeout).ShouldBe((2, TimeSpan.FromSeconds(12.5)));
        var stale = await Should.ThrowAsync<FuncQueueException>(
            admin.CreateOrUpdateQueueAsync(name, new QueueSettings { Shards = 3 }, created.ETag)
        );
        stale.Reason.ShouldBe(FuncQueueErrorReason.PreconditionFailed);
        var names = new List<string>();
        await foreach (var queue in admin.ListQueuesAsync(name))
            names.Add(queue.Name);
        names.ShouldBe([name]);
        await client.CreateSender(name).SendAsync("m");
        (await admin.FindQueueAsync(name)).ShouldNotBeNull().Counts.ShouldBe(new QueueCounts(1, 0, 0, 0));
        (await admin.PurgeQueueAsync(name)).Purged.ShouldBe(1);
        (await admin.DeleteQueueAsync(name)).ShouldBeTrue();
        (await admin.FindQueueAsync(name)).ShouldBeNull();
        (await admin.DeleteQueueAsync(name)).ShouldBeFalse();
    }

    [Fact]
    public async Task A_fault_is_told_with_all_its_places()
    {
        await using var client = app.Client();
        var failure = await Should.ThrowAsync<FuncQueueException>(
            client.Administration.CreateQueueAsync("q", new QueueSettings { Shards = 99, Type = "round" })
        );
        failure.Reason.ShouldBe(FuncQueueErrorReason.InvalidRequest);
        failure.Errors.Select(error => error.Field).Order().ShouldBe(["shards", "type"]);
        failure.IsTransient.ShouldBeFalse();
    }

    [Fact]
    public async Task A_topic_forwards_what_its_subscription_takes_and_keeps_the_records()
    {
        await using var client = app.Client();
        var topics = client.Administration.Topics;
        var queue = await app.QueueAsync();
        var topic = $"t{Guid.NewGuid():N}";
        var created = await topics.CreateOrUpdateTopicAsync(topic, new TopicSettings { Partitions = 1, Retention = TimeSpan.FromHours(1) });
        (created.Partitions, created.Retention).ShouldBe((1, TimeSpan.FromHours(1)));
        await topics.CreateOrUpdateSubscriptionAsync(
            topic,
            "s",
            new SubscriptionSettings { Queue = queue, Filters = [JsonElement.Parse("""{"routingKey":["orders.#"]}""")] }
        );
        await using var publisher = client.CreatePublisher(topic);
        var outcomes = await publisher.PublishAllAsync([
            new TopicMessage("a") { RoutingKey = "orders.new" },
            new TopicMessage("b") { RoutingKey = "other" },
            new TopicMessage("c") { RoutingKey = "other", Mandatory = true },
        ]);
        outcomes.Select(outcome => outcome.Result?.Matched).ShouldBe([1, 0, null]);
        outcomes[2].Failure!.Reason.ShouldBe(FuncQueueErrorReason.Unroutable);
        var receiver = client.CreateReceiver(queue);
        IReadOnlyList<ReceivedMessage> received = [];
        await Eventually.HoldsAsync(async () => (received = await receiver.ReceiveAsync(10)).Count > 0, "the message");
        received.ShouldHaveSingleItem().Source.ShouldBe(new MessageSource(topic, 0, 0, "orders.new"));
        var (records, next) = await topics.ReadAsync(topic, 0);
        records.Select(record => record.Body!.ToString()).ShouldBe(["a", "b"]);
        next.ShouldBe(2);
        var together = await publisher.PublishAtomicAsync(
            [new TopicMessage("d"), new TopicMessage("e")],
            new AtomicPublishOptions
            {
                Partition = 0,
                ExpectedOffset = 2,
                DeduplicationId = "x",
            }
        );
        together.Select(result => result.Offset).ShouldBe([2, 3]);
        var mismatch = await Should.ThrowAsync<FuncQueueException>(
            publisher.PublishAtomicAsync([new TopicMessage("f")], new AtomicPublishOptions { Partition = 0, ExpectedOffset = 2 })
        );
        (mismatch.Reason, mismatch.NextOffset).ShouldBe((FuncQueueErrorReason.OffsetMismatch, 4));
        (await topics.ListSubscriptionsAsync(topic)).ShouldHaveSingleItem().Queue.ShouldBe(queue);
        (await topics.FindSubscriptionAsync(topic, "s"))!.Filters.ShouldHaveSingleItem();
        await topics.SeekSubscriptionAsync(topic, "s", JsonElement.Parse("\"earliest\""));
        (await topics.DeleteSubscriptionAsync(topic, "s")).ShouldBeTrue();
        (await topics.DeleteTopicAsync(topic)).ShouldBeTrue();
        (await topics.FindTopicAsync(topic)).ShouldBeNull();
    }

    [Fact]
    public async Task Dead_letters_are_counted_moved_and_removed()
    {
        await using var client = app.Client();
        var queue = await app.QueueAsync();
        await client.CreateSender(queue).SendAllAsync([new FuncQueueMessage("a"), new FuncQueueMessage("b"), new FuncQueueMessage("c")]);
        var receiver = client.CreateReceiver(queue);
        foreach (var message in await receiver.ReceiveAsync(10))
            await receiver.DeadLetterAsync(message, "r");
        var letters = client.CreateDeadLetters(queue);
        var first = (await letters.ListAsync()).Items[0];
        var moved = await letters.RedriveAsync(new RedriveRequest { MessageIds = [first.MessageId] });
        moved.Moved.ShouldBe(1);
        (await receiver.ReceiveAsync()).ShouldHaveSingleItem().OriginalMessageId.ShouldBe(first.MessageId);
        var second = (await letters.Receiver.ReceiveAsync()).ShouldHaveSingleItem();
        (await letters.Receiver.AckAsync(second)).ShouldBe(SettleStatus.Ok);
        (await letters.PurgeAsync()).Purged.ShouldBe(1);
        (await letters.ListAsync()).Items.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_key_opens_what_it_names_and_nothing_else()
    {
        // The first key closes an installation: one of its own.
        await using var own = await AppProcess.StartAsync(app.Environment($"keys{Guid.NewGuid():N}"));
        await using var owner = new FuncQueueClient(new Uri(own.Address));
        await owner.Administration.CreateQueueAsync("orders");
        var all = await owner.Administration.Keys.CreateOrUpdateAsync(
            "root",
            new KeySettings { Rights = ["manage", "keys"], Resources = ["*"] }
        );
        await using var root = new FuncQueueClient(new Uri(own.Address), all.Secret);
        var made = await root.Administration.Keys.CreateOrUpdateAsync(
            "sender",
            new KeySettings { Rights = ["send"], Resources = ["orders"] }
        );
        await using var client = new FuncQueueClient(
            new Uri(own.Address),
            options: new FuncQueueClientOptions { TokenProvider = _ => ValueTask.FromResult(made.Secret!) }
        );
        (await client.Administration.WhoAmIAsync()).Name.ShouldBe("sender");
        await client.CreateSender("orders").SendAsync("m");
        var refused = await Should.ThrowAsync<FuncQueueException>(client.CreateReceiver("orders").ReceiveAsync());
        refused.Reason.ShouldBe(FuncQueueErrorReason.Forbidden);
        await Eventually.HoldsAsync(() => IsRefusedAsync(owner), "a server that wants keys");
        (await root.Administration.Keys.RotateAsync("sender", TimeSpan.Zero)).Secret.ShouldNotBe(made.Secret);
        (await root.Administration.Keys.ListAsync()).Select(key => key.Name).Order().ShouldBe(["root", "sender"]);
        (await root.Administration.Keys.DeleteAsync("sender")).ShouldBeTrue();
        (await root.Administration.Keys.FindAsync("sender")).ShouldBeNull();
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_told_as_such()
    {
        await using var client = new FuncQueueClient(new Uri("http://127.0.0.1:1"), options: new FuncQueueClientOptions { MaxRetries = 0 });
        var failure = await Should.ThrowAsync<FuncQueueException>(client.CreateSender("q").SendAsync("m"));
        failure.Reason.ShouldBe(FuncQueueErrorReason.Unreachable);
        failure.IsTransient.ShouldBeTrue();
    }

    private static async Task<bool> IsRefusedAsync(FuncQueueClient client)
    {
        try
        {
            await client.Administration.WhoAmIAsync();
            return false;
        }
        catch (FuncQueueException failure)
        {
            return failure.Reason == FuncQueueErrorReason.Unauthenticated;
        }
    }
}
