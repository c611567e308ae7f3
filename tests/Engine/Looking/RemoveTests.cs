using FuncQueue.Engine.Tests.Support;

namespace FuncQueue.Engine.Tests.Looking;

/// <summary>A message that nobody holds can be dropped by its id, wherever it waits; then it is never delivered.</summary>
public sealed class RemoveTests(AzuriteFixture azurite) : EngineTest(azurite)
{
    [Fact]
    public async Task A_removed_message_is_never_delivered_and_its_neighbours_in_the_row_are()
    {
        var (engine, other) = (await StartWithQueueAsync(), Start());
        var ids = await engine.EnqueueAllAsync("a", "b", "c");
        (await other.RemoveAsync(ids[1])).ShouldBeNull();
        (await engine.RemoveAsync(ids[1])).ShouldBeOfType<Failure.MessageNotFound>();
        (await engine.Engine.FindMessageAsync(engine.Queue, ids[1], Cancellation)).Failure.ShouldBeOfType<Failure.MessageNotFound>();
        (await engine.DequeueEverythingAsync()).Select(m => m.Text()).ShouldBe(["a", "c"], ignoreOrder: true);
    }

    [Fact]
    public async Task One_that_is_held_back_can_be_removed_and_so_can_one_whose_lease_has_ended()
    {
        var engine = await StartWithQueueAsync();
        var later = await engine.EnqueueAsync(TestEngine.Text("later") with { Delay = TimeSpan.FromHours(1) });
        (await engine.RemoveAsync(later)).ShouldBeNull();
        var id = await engine.EnqueueAsync("a");
        var message = await engine.DequeueOneAsync(TimeSpan.FromSeconds(10));
        Time.Advance(TimeSpan.FromSeconds(10));
        (await engine.RemoveAsync(id)).ShouldBeNull();
        (await engine.AckAsync(message)).ShouldBe(SettleStatus.LeaseLost);
        Time.Advance(TimeSpan.FromHours(2));
        (await engine.DequeueEverythingAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task One_that_is_leased_stays_whoever_asks_and_one_that_is_over_is_not_found()
    {
        var (engine, other) = (await StartWithQueueAsync(), Start());
        var id = await engine.EnqueueAsync("a");
        var message = await engine.DequeueOneAsync();
        (await engine.RemoveAsync(id)).ShouldBeOfType<Failure.MessageLeased>();
        (await other.RemoveAsync(id)).ShouldBeOfType<Failure.MessageLeased>();
        (await engine.AckAsync(message)).ShouldBe(SettleStatus.Ok);
        (await engine.RemoveAsync(id)).ShouldBeOfType<Failure.MessageNotFound>();
        var old = await engine.EnqueueAsync(TestEngine.Text("old") with { TimeToLive = TimeSpan.FromSeconds(1) });
        Time.Advance(TimeSpan.FromSeconds(1));
        (await engine.RemoveAsync(old)).ShouldBeOfType<Failure.MessageNotFound>();
    }

    [Fact]
    public async Task A_dead_letter_is_removed_among_the_dead_letters_alone()
    {
        var (engine, other) = (await StartWithQueueAsync(), Start());
        var ids = await engine.EnqueueAllAsync("a", "b");
        foreach (var message in await engine.DequeueEverythingAsync())
            await engine.DeadLetterAsync(message);
        (await other.RemoveAsync(ids[0])).ShouldBeOfType<Failure.MessageNotFound>();
        (await other.RemoveAsync(ids[0], MessageSource.DeadLetters)).ShouldBeNull();
        (await engine.RemoveAsync(ids[0], MessageSource.DeadLetters)).ShouldBeOfType<Failure.MessageNotFound>();
        var held = await engine.DequeueOneAsync(source: MessageSource.DeadLetters);
        held.Id().ShouldBe(ids[1]);
        (await other.RemoveAsync(ids[1], MessageSource.DeadLetters)).ShouldBeOfType<Failure.MessageLeased>();
        (await engine.AckAsync(held, MessageSource.DeadLetters)).ShouldBe(SettleStatus.Ok);
    }

    [Fact]
    public async Task A_dead_letter_on_its_way_to_another_queue_cannot_be_removed()
    {
        var (engine, other) = (await StartWithQueueAsync(), Start());
        var target = TestEngine.Name("target");
        await engine.Engine.PutQueueAsync(target, new QueueSettingsChange(), default, Cancellation);
        var id = await engine.EnqueueAsync("a");
        await engine.DeadLetterAsync(await engine.DequeueOneAsync());
        var arriving = engine.Faults.Hold(r => r.InsertsMessages);
        var move = engine.Engine.RedriveAsync(engine.Queue, new RedriveRequest { To = target }, Cancellation);
        await arriving.Reached;
        (await other.RemoveAsync(id, MessageSource.DeadLetters)).ShouldBeOfType<Failure.MessageLeased>();
        arriving.Release();
        (await move.WithinPatienceAsync()).Value.Moved.ShouldBe(1);
        (await other.RemoveAsync(id, MessageSource.DeadLetters)).ShouldBeOfType<Failure.MessageNotFound>();
    }

    [Fact]
    public async Task On_a_FIFO_queue_the_message_behind_a_removed_one_comes_next()
    {
        var (engine, other) = (await StartWithQueueAsync(new QueueSettingsChange { Type = QueueType.Fifo }), Start());
        var ids = new List<MessageId>();
        foreach (var text in new[] { "a1", "a2", "a3", "a4" })
            ids.Add(await engine.EnqueueAsync(TestEngine.Text(text) with { GroupId = "a" }));
        (await other.RemoveAsync(ids[0])).ShouldBeNull();
        var second = await engine.DequeueOneAsync();
        second.Text().ShouldBe("a2");
        (await other.RemoveAsync(ids[2])).ShouldBeNull();
        (await engine.DequeueAsync()).ShouldBeEmpty();
        await engine.AckAsync(second);
        (await engine.DequeueOneAsync()).Text().ShouldBe("a4");
    }

    [Theory]
    [InlineData(QueueType.Standard)]
    [InlineData(QueueType.Fifo)]
    public async Task Of_removals_and_a_delivery_of_one_message_one_happens(QueueType type)
    {
        var (engine, other, third) = (await StartWithQueueAsync(new QueueSettingsChange { Type = type }), Start(), Start());
        for (var round = 0; round < 10; round++)
        {
            var id = await engine.EnqueueAsync(TestEngine.Text("a") with { GroupId = "g" });
            var (one, two) = (engine.RemoveAsync(id), other.RemoveAsync(id));
            var delivered = await third.DequeueAsync();
            var failures = new[] { await one, await two };
            (failures.Count(f => f is null) + delivered.Count).ShouldBe(1);
            if (delivered.Count > 0)
                failures.ShouldAllBe(f => f is Failure.MessageLeased);
            foreach (var message in delivered)
                (await third.AckAsync(message)).ShouldBe(SettleStatus.Ok);
        }
    }

    [Theory]
    [InlineData(MessageSource.Live)]
    [InlineData(MessageSource.DeadLetters)]
    public async Task The_payload_of_a_removed_message_is_collected(MessageSource source)
    {
        var engine = await StartWithQueueAsync();
        var id = await engine.EnqueueAsync(new NewMessage { Body = MessageBody.FromBytes(new byte[Limits.MaxInlineBodyBytes + 1]) });
        if (source == MessageSource.DeadLetters)
            await engine.DeadLetterAsync(await engine.DequeueOneAsync());
        (await engine.RemoveAsync(id, source)).ShouldBeNull();
        (await engine.SweepAsync(SweepScope.Storage)).PayloadsDeleted.ShouldBe(1);
        (await Blobs.NamesAsync()).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_removal_whose_answer_is_lost_has_happened(int messages)
    {
        var engine = await StartWithQueueAsync();
        var ids = await engine.EnqueueAllAsync(Enumerable.Range(0, messages).Select(i => $"{i}"));
        engine.Faults.LoseAnswer(r => r.ChangesMessages);
        (await engine.RemoveAsync(ids[0])).ShouldBeNull();
        (await engine.DequeueEverythingAsync()).Count.ShouldBe(messages - 1);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_removal_that_arrives_late_while_it_is_being_repeated_has_happened(int messages)
    {
        var engine = await StartWithQueueAsync();
        var ids = await engine.EnqueueAllAsync(Enumerable.Range(0, messages).Select(i => $"{i}"));
        var late = engine.Faults.Delay(r => r.ChangesMessages);
        var held = engine.Faults.Hold(r => r.ChangesMessages);
        var removing = engine.RemoveAsync(ids[0]);
        await held.Reached;
        await late.ArriveAsync();
        held.Release();
        (await removing).ShouldBeNull();
        (await engine.DequeueEverythingAsync()).Count.ShouldBe(messages - 1);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_removal_all_of_whose_writes_were_lost_is_never_told_that_there_is_no_such_message(int messages)
    {
        var engine = await StartWithQueueAsync();
        var ids = await engine.EnqueueAllAsync(Enumerable.Range(0, messages).Select(i => $"{i}"));
        var lost = engine.Faults.Overtake(r => r.ChangesMessages, int.MaxValue);
        var failure = await engine.RemoveAsync(ids[0]);
        await engine.Faults.AllArrivedAsync();
        lost.Count.ShouldBePositive();
        if (failure is not null)
            failure.ShouldBeOfType<Failure.OutcomeUnknown>();
        engine.Faults.Clear();
        (await engine.DequeueEverythingAsync()).Count.ShouldBe(messages - 1);
    }
}
