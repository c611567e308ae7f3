using FuncQueue.Engine.Tests.Support;

namespace FuncQueue.Engine.Tests.UncertainWrites;

/// <summary>
/// Guarantee 5 for calls of several steps: one that was carried out in part never says that nothing happened, as "storage unavailable"
/// and "throttled" do.
/// </summary>
[Trait("Guarantee", "5")]
public sealed class PartialOutcomeTests(AzuriteFixture azurite) : EngineTest(azurite)
{
    // The SDK repeats reads.
    private const int EveryTry = 4;

    [Fact]
    public async Task A_settlement_of_several_messages_of_which_one_was_refused_is_unknown_and_the_others_are_settled()
    {
        var engine = await StartWithQueueAsync(new QueueSettingsChange { Shards = 2 });
        var other = Start();
        // Ids are at home in one shard each: ten of them are not all in the same.
        foreach (var id in Enumerable.Range(0, 10))
            await engine.EnqueueAsync(TestEngine.Text($"{id}") with { DeduplicationId = $"{id}" });
        var messages = await engine.DequeueEverythingAsync();
        messages.Count.ShouldBe(10);
        engine.Faults.Throttle(r => r.ChangesMessages);
        (await engine.TrySettleAsync(new Settlement.Ack(), messages)).Failure.ShouldBeOfType<Failure.OutcomeUnknown>();
        (await other.CountsAsync()).Leased.ShouldBeInRange(1, 9);
        var results = (await engine.TrySettleAsync(new Settlement.Ack(), messages)).Value;
        results.Select(r => r.Status).Distinct().ShouldBe([SettleStatus.Ok, SettleStatus.LeaseLost], ignoreOrder: true);
        (await other.CountsAsync()).ShouldBe(default);
    }

    [Fact]
    public async Task A_settlement_that_was_refused_altogether_says_that_nothing_happened()
    {
        var engine = await StartWithQueueAsync();
        await engine.EnqueueAllAsync("a", "b");
        var messages = await engine.DequeueEverythingAsync();
        engine.Faults.Throttle(r => r.ChangesMessages);
        (await engine.TrySettleAsync(new Settlement.Ack(), messages)).Failure.ShouldBeOfType<Failure.StorageThrottled>();
        (await engine.TrySettleAsync(new Settlement.Ack(), messages)).Value.ShouldAllBe(r => r.Status == SettleStatus.Ok);
    }

    [Fact]
    public async Task A_purge_that_storage_ends_half_way_says_what_it_dropped_and_that_it_is_not_complete()
    {
        var engine = await StartWithQueueAsync(options: Options with { MaxMessagesPerRow = 1 });
        for (var i = 0; i < 3; i++)
            await engine.EnqueueAllAsync(Enumerable.Range(0, 50).Select(n => $"{n}"));
        var writes = 0;
        engine.Faults.Throttle(r => r.ChangesMessages && ++writes == 2);
        var purged = (await engine.Engine.PurgeAsync(engine.Queue, MessageSource.Live, Cancellation)).Value;
        purged.Complete.ShouldBeFalse();
        (await engine.CountsAsync()).Ready.ShouldBe(150 - purged.Count);
        purged.Count.ShouldBeInRange(1, 149);
        (await engine.Engine.PurgeAsync(engine.Queue, MessageSource.Live, Cancellation)).Value.ShouldBe(
            new Purged(150 - purged.Count, Complete: true)
        );
    }

    [Fact]
    public async Task A_purge_that_storage_refuses_from_the_start_says_that_nothing_happened()
    {
        var engine = await StartWithQueueAsync();
        await engine.EnqueueAsync("a");
        engine.Faults.Throttle(r => r.ChangesMessages);
        (await engine.Engine.PurgeAsync(engine.Queue, MessageSource.Live, Cancellation)).Failure.ShouldBeOfType<Failure.StorageThrottled>();
        (await engine.CountsAsync()).Ready.ShouldBe(1);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_redrive_that_storage_ends_half_way_is_unknown(bool byId)
    {
        var engine = await StartWithQueueAsync();
        var ids = await engine.EnqueueAllAsync(Enumerable.Range(0, 40).Select(n => $"{n}"));
        foreach (var message in await engine.DequeueEverythingAsync())
            await engine.DeadLetterAsync(message);
        var writes = 0;
        engine.Faults.Throttle(r => r.ChangesMessages && ++writes == 2);
        var redrive = byId ? new RedriveRequest { MessageIds = [.. ids] } : new RedriveRequest();
        (await engine.Engine.RedriveAsync(engine.Queue, redrive, Cancellation)).Failure.ShouldBeOfType<Failure.OutcomeUnknown>();
        var counts = await engine.CountsAsync();
        counts.Ready.ShouldBeInRange(1, 39);
        (counts.Ready + counts.DeadLettered).ShouldBe(40);
    }

    [Fact]
    public async Task A_redrive_whose_rest_cannot_be_counted_is_unknown_and_one_that_moved_nothing_is_not()
    {
        var engine = await StartWithQueueAsync();
        await engine.EnqueueAsync("a");
        await engine.DeadLetterAsync(await engine.DequeueOneAsync());
        engine.Faults.Throttle(r => r.IsQuery, EveryTry);
        (
            await engine.Engine.RedriveAsync(engine.Queue, new RedriveRequest(), Cancellation)
        ).Failure.ShouldBeOfType<Failure.StorageThrottled>();
        (await engine.CountsAsync()).DeadLettered.ShouldBe(1);
        var queries = 0;
        engine.Faults.Throttle(r => r.IsQuery && ++queries > 1, EveryTry);
        (
            await engine.Engine.RedriveAsync(engine.Queue, new RedriveRequest(), Cancellation)
        ).Failure.ShouldBeOfType<Failure.OutcomeUnknown>();
        (await engine.CountsAsync()).ShouldBe(new MessageCounts(1, 0, 0, 0));
    }

    [Fact]
    public async Task A_queue_that_was_made_or_changed_and_cannot_be_looked_at_is_an_unknown_outcome()
    {
        var engine = Start();
        Task<Outcome<QueuePut>> PutAsync(int seconds) =>
            engine.Engine.PutQueueAsync(
                engine.Queue,
                new QueueSettingsChange { Delay = TimeSpan.FromSeconds(seconds) },
                default,
                Cancellation
            );
        var written = false;
        engine.Faults.Throttle(r => Written(r) && r.IsRead, EveryTry);
        (await PutAsync(1)).Failure.ShouldBeOfType<Failure.OutcomeUnknown>();
        written = false;
        (await engine.StatusAsync()).Queue.Settings.Delay.ShouldBe(TimeSpan.FromSeconds(1));
        engine.Faults.Throttle(r => Written(r) && r.IsRead && !r.IsQuery, EveryTry);
        (await PutAsync(2)).Failure.ShouldBeOfType<Failure.OutcomeUnknown>();
        // One of those that are made at the same time: without it there is no answer.
        Uri? one = null;
        engine.Faults.Throttle(r => r.IsQuery && (one ??= r.Uri) == r.Uri, EveryTry);
        (await PutAsync(3)).Failure.ShouldBeOfType<Failure.OutcomeUnknown>();
        (await engine.StatusAsync()).Queue.Settings.Delay.ShouldBe(TimeSpan.FromSeconds(3));

        bool Written(StorageRequest request) =>
            written || (written = request.IsTableWrite && request.Operations.Any(o => o.RowKey == "q:orders"));
    }

    [Fact]
    public async Task A_deletion_that_storage_ends_after_the_queue_was_struck_off_is_unknown_and_the_queue_is_gone()
    {
        var (engine, other) = (await StartWithQueueAsync(), Start());
        await engine.EnqueueAsync("a");
        engine.Faults.Throttle(r => r.Method == "DELETE" && r.Resource.StartsWith("Tables", StringComparison.Ordinal), EveryTry);
        (await engine.Engine.DeleteQueueAsync(engine.Queue, Cancellation)).Failure.ShouldBeOfType<Failure.OutcomeUnknown>();
        (await other.TryDequeueAsync()).Failure.ShouldBeOfType<Failure.QueueNotFound>();
        (await engine.Engine.DeleteQueueAsync(engine.Queue, Cancellation)).Value.ShouldBeFalse();
    }

    [Fact]
    public async Task A_deletion_that_storage_refuses_leaves_the_queue_and_those_who_wait_there_alone()
    {
        var engine = await StartWithQueueAsync(time: TimeProvider.System);
        var waiting = engine.TryDequeueAsync(new DequeueRequest { Wait = Limits.MaxWait });
        await Eventually.HoldsAsync("the receiver looks for messages", () => engine.Requests.CountOf(r => r.IsQuery) > 0);
        engine.Faults.Throttle(r => r.IsTableWrite && r.Operations.Any(o => o.RowKey == "q:orders"));
        (await engine.Engine.DeleteQueueAsync(engine.Queue, Cancellation)).Failure.ShouldBeOfType<Failure.StorageThrottled>();
        await engine.EnqueueAsync("a");
        (await waiting).Value.ShouldHaveSingleItem().Text().ShouldBe("a");
    }
}
