using FuncQueue.Engine.Tests.Support;

namespace FuncQueue.Engine.Tests.Fifo;

/// <summary>Dead letters of FIFO queues: they do not hold their group, and a redrive puts them at its end.</summary>
public sealed class FifoRedriveTests(AzuriteFixture azurite) : FifoTest(azurite)
{
    [Fact]
    public async Task Redriven_messages_come_at_the_end_of_their_group_in_their_old_order()
    {
        var (engine, other) = (await StartFifoAsync(), Start());
        await EnqueueEachAsync(engine, "a", 5);
        foreach (var message in await engine.DequeueAsync(3))
            await engine.DeadLetterAsync(message);
        await engine.EnqueueAsync(Message("a", "a6"));
        (await other.Engine.RedriveAsync(other.Queue, new RedriveRequest(), Cancellation)).Value.ShouldBe(new Redriven(3, 0));
        await engine.EnqueueAsync(Message("a", "a7"));
        var delivered = await Start().DequeueAsync(10);
        Texts(delivered).ShouldBe(["a4", "a5", "a6", "a1", "a2", "a3", "a7"]);
        delivered.Select(m => m.Message.SequenceNumber).ShouldBe(delivered.Select(m => m.Message.SequenceNumber).Order());
    }

    [Fact]
    public async Task A_redrive_takes_its_place_among_enqueues_of_other_processes()
    {
        var (engine, other) = (await StartFifoAsync(), Start());
        await EnqueueEachAsync(engine, "a", 3);
        await engine.DeadLetterAsync(await engine.DequeueOneAsync());
        // Another process enqueues between the redrive's look at the head and its write.
        var held = engine.Faults.Hold(r => r.InsertsMessages);
        var redrive = engine.Engine.RedriveAsync(engine.Queue, new RedriveRequest(), Cancellation);
        await held.Reached;
        await other.EnqueueAsync(Message("a", "a4"));
        held.Release();
        (await redrive.WithinPatienceAsync()).Value.Moved.ShouldBe(1);
        Texts(await other.DequeueAsync(10)).ShouldBe(["a2", "a3", "a4", "a1"]);
    }

    [Fact]
    public async Task Dead_letters_are_taken_one_by_one_without_their_group()
    {
        var (engine, other) = (await StartFifoAsync(), Start());
        await EnqueueEachAsync(engine, "a", 3);
        foreach (var message in await engine.DequeueAsync(2))
            await engine.DeadLetterAsync(message);
        await engine.DequeueOneAsync();
        (await engine.DequeueOneAsync(source: MessageSource.DeadLetters)).Text().ShouldBe("a1");
        (await other.DequeueOneAsync(source: MessageSource.DeadLetters)).Text().ShouldBe("a2");
    }

    [Fact]
    public async Task Groups_keep_their_order_in_another_queue()
    {
        var (engine, other) = (await StartFifoAsync(), Start());
        var target = TestEngine.Name("target.fifo");
        await engine.Engine.PutQueueAsync(target, Fifo with { Shards = 3 }, default, Cancellation);
        for (var i = 1; i <= 10; i++)
        {
            await engine.EnqueueAsync(Message("a", $"a{i:d2}"));
            await engine.EnqueueAsync(Message("b", $"b{i:d2}"));
        }

        foreach (var message in await engine.DequeueAsync(20))
            await engine.DeadLetterAsync(message);
        (await engine.Engine.RedriveAsync(engine.Queue, new RedriveRequest { To = target }, Cancellation)).Value.ShouldBe(
            new Redriven(20, 0)
        );
        other.Queue = target;
        foreach (var group in (await other.DequeueEverythingAsync()).GroupBy(m => m.Message.GroupId))
            Texts(group).ShouldBe(Enumerable.Range(1, 10).Select(i => $"{group.Key}{i:d2}"));
    }
}
