using FuncQueue.Engine.Tests.Support;

namespace FuncQueue.Engine.Tests.Looking;

/// <summary>Finding one message wherever it is, and its body.</summary>
public sealed class FindTests(AzuriteFixture azurite) : EngineTest(azurite)
{
    [Fact]
    public async Task A_message_is_found_in_each_status_under_the_same_id()
    {
        var (engine, other) = (await StartWithQueueAsync(), Start());
        var id = (
            await engine.EnqueueAllAsync([
                TestEngine.Text("b") with
                {
                    Priority = 5,
                },
                TestEngine.Text("a") with
                {
                    Delay = TimeSpan.FromSeconds(10),
                },
            ])
        )[1];
        await ExpectAsync(MessageStatus.Scheduled, 0, Time.GetUtcNow() + TimeSpan.FromSeconds(10));
        Time.Advance(TimeSpan.FromSeconds(10));
        await ExpectAsync(MessageStatus.Ready, 0, Time.GetUtcNow());
        var message = (await engine.DequeueEverythingAsync(TimeSpan.FromSeconds(30))).Single(m => m.Id() == id);
        await ExpectAsync(MessageStatus.Leased, 1, Time.GetUtcNow() + TimeSpan.FromSeconds(30));
        await engine.NackAsync(message, TimeSpan.FromSeconds(5));
        await ExpectAsync(MessageStatus.Scheduled, 1, Time.GetUtcNow() + TimeSpan.FromSeconds(5));
        Time.Advance(TimeSpan.FromSeconds(5));
        await engine.DeadLetterAsync(await engine.DequeueOneAsync());
        await ExpectAsync(MessageStatus.DeadLettered, 2, Time.GetUtcNow());
        var dead = await engine.DequeueOneAsync(source: MessageSource.DeadLetters);
        (await other.FindAsync(id)).Status.ShouldBe(MessageStatus.DeadLettered);
        await engine.AckAsync(dead, MessageSource.DeadLetters);
        (await other.Engine.FindMessageAsync(other.Queue, id, Cancellation)).Failure.ShouldBeOfType<Failure.MessageNotFound>();

        async Task ExpectAsync(MessageStatus status, int deliveries, DateTimeOffset visibleAt)
        {
            var found = await other.FindAsync(id);
            (found.MessageId, found.Status, found.DeliveryCount, found.VisibleAt).ShouldBe((id, status, deliveries, visibleAt));
            found.Text().ShouldBe("a");
            (await other.ReadBodyAsync(id)).ShouldBe("a"u8.ToArray());
        }
    }

    [Fact]
    public async Task A_message_that_waits_out_the_backoff_after_its_lease_shows_when_it_comes_back()
    {
        var (engine, backoff) = (
            await StartWithQueueAsync(
                new QueueSettingsChange { RetryBackoffInitial = TimeSpan.FromSeconds(50), RetryBackoffMax = TimeSpan.FromSeconds(50) }
            ),
            TimeSpan.FromSeconds(50)
        );
        var id = await engine.EnqueueAsync("a");
        await engine.DequeueOneAsync(TimeSpan.FromSeconds(10));
        Time.Advance(TimeSpan.FromSeconds(11));
        var ended = Time.GetUtcNow() - TimeSpan.FromSeconds(1);
        var seen = await engine.FindAsync(id);
        (await engine.Operations.ListAsync(engine.Queue, MessageStatus.Scheduled, 10, null, Cancellation))
            .Value.Messages.ShouldHaveSingleItem()
            .VisibleAt.ShouldBe(seen.VisibleAt);
        seen.Status.ShouldBe(MessageStatus.Scheduled);
        seen.VisibleAt.ShouldBeInRange(ended + 0.8 * backoff, ended + backoff);
        Time.Advance(seen.VisibleAt - Time.GetUtcNow() - TimeSpan.FromTicks(1));
        (await engine.DequeueAsync()).ShouldBeEmpty();
        Time.Advance(TimeSpan.FromTicks(1));
        await engine.DequeueOneAsync();
    }

    [Fact]
    public async Task Ids_that_name_nothing_are_not_found()
    {
        var engine = await StartWithQueueAsync();
        var id = await engine.EnqueueAsync("a");
        var known = id.ToGuid().ToByteArray(bigEndian: true);
        for (var i = 0; i < known.Length; i++)
        {
            var bytes = known.ToArray();
            bytes[i] ^= 1;
            var text = new Guid(bytes, bigEndian: true).ToString();
            if (!MessageId.TryParse(text, out var other))
                continue;
            (await engine.Engine.FindMessageAsync(engine.Queue, other, Cancellation)).Failure.ShouldBeOfType<Failure.MessageNotFound>(text);
            (await engine.Engine.OpenBodyAsync(engine.Queue, other, Cancellation)).Failure.ShouldBeOfType<Failure.MessageNotFound>(text);
        }

        (await engine.Engine.FindMessageAsync(engine.Queue, default, Cancellation)).Failure.ShouldBeOfType<Failure.MessageNotFound>();
        (await engine.FindAsync(id)).Text().ShouldBe("a");
    }

    [Fact]
    public async Task A_message_of_another_queue_is_not_found()
    {
        var engine = await StartWithQueueAsync();
        var id = await engine.EnqueueAsync("a");
        engine.Queue = TestEngine.Name("other");
        await engine.PutQueueAsync();
        (await engine.Engine.FindMessageAsync(engine.Queue, id, Cancellation)).Failure.ShouldBeOfType<Failure.MessageNotFound>();
    }

    [Fact]
    public async Task Ids_sort_by_the_time_of_their_enqueue()
    {
        var engine = await StartWithQueueAsync();
        var ids = new List<MessageId>();
        for (var i = 0; i < 20; i++)
        {
            ids.Add(await engine.EnqueueAsync($"{i}"));
            Time.Advance(TimeSpan.FromMilliseconds(i));
        }

        ids.Select(i => i.ToString()).ShouldBeInOrder(SortDirection.Ascending, StringComparer.Ordinal);
    }

    [Fact]
    public async Task While_storage_cannot_be_read_looking_fails_rather_than_finding_nothing()
    {
        var engine = await StartWithQueueAsync();
        var id = await engine.EnqueueAsync("a");
        engine.Faults.Throttle(r => r.IsRead, int.MaxValue);
        (await engine.Engine.FindMessageAsync(engine.Queue, id, Cancellation)).Failure.ShouldBeOfType<Failure.StorageThrottled>();
        (await engine.Engine.OpenBodyAsync(engine.Queue, id, Cancellation)).Failure.ShouldBeOfType<Failure.StorageThrottled>();
        (
            await engine.Engine.PeekAsync(engine.Queue, MessageSource.Live, 1, null, Cancellation)
        ).Failure.ShouldBeOfType<Failure.StorageThrottled>();
        (await engine.Engine.GetQueueAsync(engine.Queue, Cancellation)).Failure.ShouldBeOfType<Failure.StorageThrottled>();
        (await engine.Engine.ListQueuesAsync("", 10, null, Cancellation)).Failure.ShouldBeOfType<Failure.StorageThrottled>();
        engine.Faults.Clear();
    }
}
