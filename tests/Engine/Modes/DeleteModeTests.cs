using FuncQueue.Engine.Tests.Support;

namespace FuncQueue.Engine.Tests.Modes;

/// <summary>Guarantee 3, at most once: what <c>mode=delete</c> hands out is gone.</summary>
[Trait("Guarantee", "3")]
public sealed class DeleteModeTests(AzuriteFixture azurite) : EngineTest(azurite)
{
    [Fact]
    public async Task A_message_received_for_good_has_no_receipt_and_is_gone()
    {
        var (engine, other) = (await StartWithQueueAsync(), Start());
        var ids = await engine.EnqueueAllAsync("a", "b", "c");
        var messages = await engine.DequeueAsync(2, delete: true);
        messages.ShouldAllBe(m => m.Receipt == null && m.Message.DeliveryCount == 1);
        messages.Select(m => m.Text()).ShouldBe(["a", "b"]);
        (await engine.Engine.FindMessageAsync(engine.Queue, ids[0], Cancellation)).Failure.ShouldBeOfType<Failure.MessageNotFound>();
        (await other.CountsAsync()).ShouldBe(new MessageCounts(1, 0, 0, 0));
        Time.Advance(TimeSpan.FromDays(1));
        await other.SweepAsync();
        (await other.DequeueEverythingAsync()).ShouldHaveSingleItem().Text().ShouldBe("c");
    }

    [Fact]
    public async Task Two_processes_never_hand_out_the_same_message()
    {
        var engines = new[] { await StartWithQueueAsync(), Start() };
        for (var round = 0; round < 15; round++)
        {
            var ids = await engines[0].EnqueueAllAsync(Enumerable.Range(0, 20).Select(i => $"{round}.{i}"));
            var batches = await Task.WhenAll(Enumerable.Range(0, 12).Select(i => engines[i % 2].DequeueAsync(1 + i % 4, delete: true)));
            var rest = await engines[1].DequeueAsync(100, delete: true);
            batches.SelectMany(b => b).Concat(rest).Select(m => m.Id()).ShouldBe(ids, ignoreOrder: true);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task When_the_answer_of_the_write_is_lost_the_message_is_handed_out_or_the_outcome_unknown_and_it_never_comes_again(
        int messagesInRow
    )
    {
        var (engine, other) = (await StartWithQueueAsync(), Start());
        await engine.EnqueueAllAsync(Enumerable.Range(0, messagesInRow).Select(i => $"{i}"));
        var fault = engine.Faults.LoseAnswer(r => r.ChangesMessages);
        var outcome = await engine.TryDequeueAsync(new DequeueRequest { Delete = true });
        fault.Count.ShouldBe(1);
        if (outcome.Failure is null)
            outcome.Value.ShouldHaveSingleItem().Text().ShouldBe("0");
        else
            outcome.Failure.ShouldBeOfType<Failure.OutcomeUnknown>();
        Time.Advance(TimeSpan.FromDays(1));
        await other.SweepAsync();
        (await other.DequeueEverythingAsync()).ShouldNotContain(m => m.Text() == "0");
        (await engine.DequeueEverythingAsync()).ShouldNotContain(m => m.Text() == "0");
    }

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    public async Task When_the_answer_of_a_write_over_several_rows_is_lost_all_of_it_is_handed_out_or_the_outcome_is_unknown(int asked)
    {
        var options = Options with { MaxMessagesPerRow = 2 };
        var (engine, other) = (await StartWithQueueAsync(options: options), Start(options));
        await engine.EnqueueAllAsync(Enumerable.Range(0, 5).Select(i => $"{i}"));
        var fault = engine.Faults.LoseAnswer(r => r.ChangesMessages);
        var outcome = await engine.TryDequeueAsync(new DequeueRequest { Delete = true, MaxMessages = asked });
        fault.Count.ShouldBe(1);
        var delivered = outcome.Failure is null ? outcome.Value.Count : 0;
        var left = await other.DequeueEverythingAsync();
        if (outcome.Failure is null)
            (delivered + left.Count).ShouldBe(5, "what was taken for a receiver must not vanish in a success");
        else
            outcome.Failure.ShouldBeOfType<Failure.OutcomeUnknown>();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task When_the_write_arrives_late_the_message_is_handed_out_at_most_once_and_never_reported_as_an_empty_queue(
        int messagesInRow
    )
    {
        var (engine, other) = (await StartWithQueueAsync(), Start());
        await engine.EnqueueAllAsync(Enumerable.Range(0, messagesInRow).Select(i => $"{i}"));
        var late = engine.Faults.Delay(r => r.ChangesMessages);
        var second = engine.Faults.Hold(r => r.ChangesMessages);
        var dequeue = engine.TryDequeueAsync(new DequeueRequest { Delete = true, MaxMessages = messagesInRow });
        await second.Reached;
        await late.ArriveAsync();
        second.Release();
        var outcome = await dequeue;
        if (outcome.Failure is null)
            outcome.Value.Select(m => m.Text()).Order().ShouldBe(Enumerable.Range(0, messagesInRow).Select(i => $"{i}"));
        else
            outcome.Failure.ShouldBeOfType<Failure.OutcomeUnknown>();
        Time.Advance(TimeSpan.FromDays(1));
        (await other.DequeueEverythingAsync()).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task When_the_request_of_the_write_is_lost_the_message_is_handed_out_once(int messagesInRow)
    {
        var (engine, other) = (await StartWithQueueAsync(), Start());
        await engine.EnqueueAllAsync(Enumerable.Range(0, messagesInRow).Select(i => $"{i}"));
        engine.Faults.LoseRequest(r => r.ChangesMessages);
        (await engine.DequeueAsync(delete: true)).ShouldHaveSingleItem().Text().ShouldBe("0");
        (await other.DequeueEverythingAsync()).Count.ShouldBe(messagesInRow - 1);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task When_storage_did_not_write_the_message_is_still_there(bool throttled)
    {
        var engine = await StartWithQueueAsync();
        await engine.EnqueueAsync("a");
        if (throttled)
            engine.Faults.Throttle(r => r.ChangesMessages);
        else
            engine.Faults.Refuse(r => r.ChangesMessages);
        var failure = (await engine.TryDequeueAsync(new DequeueRequest { Delete = true })).Failure.ShouldNotBeNull();
        failure.ShouldBeOfType(throttled ? typeof(Failure.StorageThrottled) : typeof(Failure.StorageUnavailable));
        (await engine.DequeueAsync(delete: true)).ShouldHaveSingleItem().Text().ShouldBe("a");
    }

    [Fact]
    public async Task Receivers_of_both_modes_share_a_row()
    {
        var engine = await StartWithQueueAsync();
        await engine.EnqueueAllAsync(Enumerable.Range(0, 20).Select(i => $"{i}"));
        var all = await Task.WhenAll(Enumerable.Range(0, 10).Select(i => engine.DequeueAsync(2, delete: i % 2 == 0)));
        all.SelectMany(m => m).Select(m => m.Text()).Distinct().Count().ShouldBe(20);
        foreach (var message in all.SelectMany(m => m).Where(m => m.Receipt is not null))
            (await engine.AckAsync(message)).ShouldBe(SettleStatus.Ok);
        (await engine.CountsAsync()).ShouldBe(default);
    }
}
