using FuncQueue.Engine.Tests.Support;

namespace FuncQueue.Engine.Tests.UncertainWrites;

/// <summary>Guarantee 5 for enqueues: an insert that may or may not have happened is never reported as success, nor sent again.</summary>
[Trait("Guarantee", "5")]
public sealed class UncertainEnqueueTests(AzuriteFixture azurite) : EngineTest(azurite)
{
    [Fact]
    public async Task An_insert_that_happened_but_whose_answer_was_lost_is_a_success_and_there_once()
    {
        var engine = await StartWithQueueAsync();
        var fault = engine.Faults.LoseAnswer(r => r.InsertsMessages);
        var id = await engine.EnqueueAsync("a");
        fault.Count.ShouldBe(1);
        engine.Requests.CountOf(r => r.InsertsMessages).ShouldBe(1);
        var message = await engine.DequeueOneAsync();
        message.Id().ShouldBe(id);
        message.Text().ShouldBe("a");
        (await Start().DequeueAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_transaction_of_many_messages_whose_answer_was_lost_is_a_success_for_each_of_them()
    {
        var engine = await StartWithQueueAsync(options: Options with { MaxMessagesPerRow = 2 });
        engine.Faults.LoseAnswer(r => r.InsertsMessages && r.Operations.Count > 1);
        var ids = await engine.EnqueueAllAsync("a", "b", "c", "d", "e");
        var messages = await engine.DequeueEverythingAsync();
        messages.Select(m => m.Id()).ShouldBe(ids, ignoreOrder: true);
        messages.Select(m => m.Text()).Order().ShouldBe(["a", "b", "c", "d", "e"]);
    }

    [Fact]
    public async Task An_insert_that_could_not_be_sent_is_unavailable_and_nothing_is_there()
    {
        var engine = await StartWithQueueAsync();
        engine.Faults.Refuse(r => r.InsertsMessages);
        (await engine.TryEnqueueAsync("a")).Failure.ShouldBeOfType<Failure.StorageUnavailable>();
        (await engine.DequeueAsync()).ShouldBeEmpty();
        (await engine.CountsAsync()).ShouldBe(default);
    }

    [Fact]
    public async Task An_insert_that_storage_throttles_is_throttled_and_nothing_is_there()
    {
        var engine = await StartWithQueueAsync();
        engine.Faults.Throttle(r => r.InsertsMessages);
        (await engine.TryEnqueueAsync("a"))
            .Failure.ShouldBeOfType<Failure.StorageThrottled>()
            .RetryAfter.ShouldBeGreaterThan(TimeSpan.Zero);
        (await engine.DequeueAsync()).ShouldBeEmpty();
        (await engine.EnqueueAsync("b")).ShouldBe((await engine.DequeueOneAsync()).Id());
    }

    [Fact]
    public async Task A_throttled_activity_marker_is_throttled_and_nothing_is_there()
    {
        var engine = await StartWithQueueAsync();
        engine.Faults.Throttle(r => r.IsTableWrite && !r.WritesQueue);
        (await engine.TryEnqueueAsync("a")).Failure.ShouldBeOfType<Failure.StorageThrottled>();
        (await engine.CountsAsync()).ShouldBe(default);
        await engine.EnqueueAsync("b");
    }

    [Fact]
    public async Task An_insert_whose_answer_was_lost_and_that_cannot_be_looked_for_has_an_unknown_outcome()
    {
        var engine = await StartWithQueueAsync();
        engine.Faults.LoseAnswer(r => r.InsertsMessages);
        engine.Faults.Refuse(r => r.ReadsMessageRow, int.MaxValue);
        (await engine.TryEnqueueAsync("a")).Failure.ShouldBeOfType<Failure.OutcomeUnknown>().RetryAfter.ShouldBeGreaterThan(TimeSpan.Zero);
        (await Start().DequeueOneAsync()).Text().ShouldBe("a");
    }

    [Fact]
    public async Task An_insert_that_got_lost_on_its_way_has_an_unknown_outcome_and_is_not_sent_again()
    {
        var engine = await StartWithQueueAsync();
        engine.Faults.LoseRequest(r => r.InsertsMessages);
        (await engine.TryEnqueueAsync("a")).Failure.ShouldBeOfType<Failure.OutcomeUnknown>();
        engine.Requests.CountOf(r => r.InsertsMessages).ShouldBe(1);
        (await engine.DequeueAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task An_insert_that_arrives_after_its_sender_gave_up_is_there_once_and_was_reported_as_unknown()
    {
        var engine = await StartWithQueueAsync();
        var late = engine.Faults.Delay(r => r.InsertsMessages);
        (await engine.TryEnqueueAsync("a")).Failure.ShouldBeOfType<Failure.OutcomeUnknown>();
        (await engine.DequeueAsync()).ShouldBeEmpty();
        await late.ArriveAsync();
        (await engine.DequeueEverythingAsync()).ShouldHaveSingleItem().Text().ShouldBe("a");
    }

    [Fact]
    public async Task Messages_enqueued_after_a_lost_answer_are_not_affected()
    {
        var engine = await StartWithQueueAsync();
        engine.Faults.LoseAnswer(r => r.InsertsMessages);
        engine.Faults.LoseRequest(r => r.InsertsMessages);
        await engine.EnqueueAsync("a");
        (await engine.TryEnqueueAsync("b")).Failure.ShouldBeOfType<Failure.OutcomeUnknown>();
        await engine.EnqueueAsync("c");
        (await engine.DequeueEverythingAsync()).Select(m => m.Text()).ShouldBe(["a", "c"], ignoreOrder: true);
    }

    [Fact]
    public async Task An_insert_whose_answer_was_lost_and_whose_message_is_gone_by_now_is_known_by_its_deduplication_id()
    {
        var (engine, other) = (await StartWithQueueAsync(), Start());
        await other.StatusAsync();
        engine.Faults.LoseAnswer(r => r.InsertsMessages);
        var look = engine.Faults.Hold(r => r.ReadsMessageRow);
        var enqueue = engine.TryEnqueueAsync(TestEngine.Text("a") with { DeduplicationId = "once" });
        await look.Reached;
        (await other.DequeueAsync(delete: true)).ShouldHaveSingleItem();
        look.Release();
        (await enqueue).Value.Duplicate.ShouldBeFalse();
    }

    [Fact]
    public async Task Of_a_batch_each_message_is_told_its_own_outcome()
    {
        var engine = await StartWithQueueAsync();
        engine.Faults.Refuse(r => r.InsertsMessages);
        var outcomes = (
            await engine.Engine.EnqueueBatchAsync(engine.Queue, [TestEngine.Text("a"), TestEngine.Text("b")], Cancellation)
        ).Value;
        outcomes.ShouldAllBe(o => o.Failure is Failure.StorageUnavailable);
        (await engine.CountsAsync()).ShouldBe(default);
    }

    [Theory]
    [InlineData(QueueType.Standard)]
    [InlineData(QueueType.Fifo)]
    public async Task An_insert_that_was_answered_with_a_refusal_after_it_was_carried_out_has_happened(QueueType type)
    {
        var engine = Start();
        engine.Queue = TestEngine.Name(type == QueueType.Fifo ? "orders.fifo" : "orders");
        await engine.PutQueueAsync(new QueueSettingsChange { Type = type });
        var message = TestEngine.Text("a") with { GroupId = type == QueueType.Fifo ? "g" : null };
        var fault = engine.Faults.ThrottleAfterwards(r => r.InsertsMessages);
        var ids = new[] { await engine.EnqueueAsync(message), await engine.EnqueueAsync(message) };
        fault.Count.ShouldBe(1);
        (await engine.DequeueEverythingAsync()).Select(m => m.Id()).ShouldBe(ids, ignoreOrder: true);
    }

    [Fact]
    public async Task Of_an_insert_that_may_have_been_consumed_before_the_look_nobody_says_that_nothing_happened()
    {
        var (engine, consumer) = (await StartWithQueueAsync(), Start());
        await engine.EnqueueAsync("known");
        await consumer.AckAsync(await consumer.DequeueOneAsync());
        engine.Faults.ThrottleAfterwards(r => r.InsertsMessages);
        var look = engine.Faults.Hold(r => r.ReadsMessageRow);
        var enqueue = engine.TryEnqueueAsync("a");
        await look.Reached;
        await consumer.AckAsync(await consumer.DequeueOneAsync());
        Time.Advance(TimeSpan.FromMilliseconds(30));
        look.Release();
        (await enqueue).Failure.ShouldBeOfType<Failure.OutcomeUnknown>();
    }
}
