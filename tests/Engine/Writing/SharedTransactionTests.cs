using FuncQueue.Engine.Tests.Support;

namespace FuncQueue.Engine.Tests.Writing;

/// <summary>What a process inserts into a shard and what it changes there share a transaction, and nothing else.</summary>
public sealed class SharedTransactionTests(AzuriteFixture azurite) : EngineTest(azurite)
{
    [Fact]
    public async Task Messages_that_come_and_acks_that_come_with_them_are_one_write()
    {
        var (engine, leased) = await StartLeasedAsync();
        var (enqueued, acked) = await TogetherAsync(engine, leased);
        (await enqueued).Failure.ShouldBeNull();
        (await acked).ShouldBe(SettleStatus.Ok);
        IsShared(engine.Requests.All.Where(r => r.WritesQueue).Last()).ShouldBeTrue();
        engine.Requests.CountOf(r => r.WritesQueue).ShouldBe(2);
        (await engine.CountsAsync()).ShouldBe(new MessageCounts(Ready: 1, Leased: 1, 0, 0));
    }

    [Fact]
    public async Task A_row_that_another_process_changed_first_keeps_nothing_but_itself_back()
    {
        var (engine, other) = (await StartWithQueueAsync(), Start());
        await engine.EnqueueAllAsync("a", "b");
        var leased = await engine.DequeueAsync(2);
        var held = engine.Faults.Hold(IsShared);
        var (enqueued, acked) = await TogetherAsync(engine, leased[0]);
        await held.Reached;
        (await other.ExtendAsync(leased[1], TimeSpan.FromMinutes(5))).Status.ShouldBe(SettleStatus.Ok);
        held.Release();
        var id = (await enqueued).Value.MessageId;
        (await acked).ShouldBe(SettleStatus.Ok);
        (await other.FindAsync(id)).Status.ShouldBe(MessageStatus.Ready);
        // The row of the transaction that met it is there once.
        (await other.CountsAsync()).ShouldBe(new MessageCounts(Ready: 1, Leased: 2, 0, 0));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task When_its_answer_is_lost_each_finds_out_for_itself_what_became_of_it(bool carriedOut)
    {
        var (engine, leased) = await StartLeasedAsync();
        var fault = carriedOut ? engine.Faults.LoseAnswer(IsShared) : engine.Faults.LoseRequest(IsShared);
        var (enqueued, acked) = await TogetherAsync(engine, leased);
        var outcome = await enqueued;
        (await acked).ShouldBe(SettleStatus.Ok);
        fault.Count.ShouldBe(1);
        if (carriedOut)
            outcome.Failure.ShouldBeNull();
        else
            outcome.Failure.ShouldBeOfType<Failure.OutcomeUnknown>();
        (await engine.CountsAsync()).ShouldBe(new MessageCounts(Ready: carriedOut ? 1 : 0, Leased: 1, 0, 0));
    }

    [Fact]
    public async Task When_storage_takes_exception_to_it_each_is_written_alone()
    {
        var (engine, leased) = await StartLeasedAsync();
        var fault = engine.Faults.Reject(IsShared);
        var (enqueued, acked) = await TogetherAsync(engine, leased);
        (await enqueued).Failure.ShouldBeNull();
        (await acked).ShouldBe(SettleStatus.Ok);
        fault.Count.ShouldBe(1);
        (await engine.CountsAsync()).ShouldBe(new MessageCounts(Ready: 1, Leased: 1, 0, 0));
    }

    [Fact]
    public async Task A_shard_that_is_being_read_for_a_dequeue_goes_on_taking_messages()
    {
        var (engine, other) = (await StartWithQueueAsync(), Start());
        await other.EnqueueAsync("a");
        var read = engine.Faults.Hold(r => r.ReadsMessageRow);
        var dequeue = engine.DequeueAsync();
        await read.Reached;
        await engine.EnqueueAsync("b");
        read.Release();
        (await dequeue).ShouldHaveSingleItem().Text().ShouldBe("a");
    }

    [Theory]
    [InlineData(QueueType.Standard)]
    [InlineData(QueueType.Fifo)]
    public async Task An_ack_of_a_row_that_another_process_has_removed_meanwhile_is_lost_whatever_comes_with_it(QueueType type)
    {
        var (engine, other) = (await StartWithQueueAsync(new QueueSettingsChange { Type = type }), Start());
        var group = type == QueueType.Fifo ? "g" : null;
        await engine.EnqueueAsync(TestEngine.Text("leased") with { GroupId = group });
        var leased = await engine.DequeueOneAsync();
        var held = engine.Faults.Hold(r => r.InsertsMessages && !r.ChangesMessages);
        var first = engine.EnqueueAsync(TestEngine.Text("first") with { GroupId = group });
        await held.Reached;
        (await other.AckAsync(leased)).ShouldBe(SettleStatus.Ok);
        var (enqueued, acked) = (engine.TryEnqueueAsync(TestEngine.Text("second") with { GroupId = group }), engine.AckAsync(leased));
        held.Release();
        await first;
        (await enqueued).Failure.ShouldBeNull();
        (await acked).ShouldBe(SettleStatus.LeaseLost);
    }

    [Theory]
    [InlineData(QueueType.Standard)]
    [InlineData(QueueType.Fifo)]
    public async Task A_lease_begins_when_it_is_given_however_long_the_reads_before_it_took(QueueType type)
    {
        var timeout = TimeSpan.FromSeconds(30);
        var (engine, other) = (await StartWithQueueAsync(new QueueSettingsChange { Type = type, VisibilityTimeout = timeout }), Start());
        await other.EnqueueAsync(TestEngine.Text("a") with { GroupId = type == QueueType.Fifo ? "g" : null });
        var read = engine.Faults.Hold(r => r.ReadsMessageRow);
        var dequeue = engine.DequeueAsync();
        await read.Reached;
        Time.Advance(timeout / 2);
        read.Release();
        (await dequeue).ShouldHaveSingleItem();
        Time.Advance(timeout * 0.75);
        (await other.DequeueAsync()).ShouldBeEmpty();
        Time.Advance(timeout);
        (await other.DequeueAsync()).ShouldHaveSingleItem();
    }

    private static bool IsShared(StorageRequest request) => request.InsertsMessages && request.ChangesMessages;

    /// <summary>
    /// An enqueue and an ack that both come while another write is under way. It is one of the loop that acks: so that this loop is
    /// awake, and plans again when the write has ended; the other begins on the caller's thread. An extension of one more lease does.
    /// </summary>
    private async Task<(Task<Outcome<Enqueued>> Enqueued, Task<SettleStatus> Acked)> TogetherAsync(
        TestEngine engine,
        DeliveredMessage leased
    )
    {
        await engine.EnqueueAsync("aside");
        var aside = await engine.DequeueOneAsync();
        engine.Requests.Clear();
        var held = engine.Faults.Hold(r => r.ChangesMessages && !r.InsertsMessages);
        var first = engine.ExtendAsync(aside, TimeSpan.FromMinutes(5));
        await held.Reached;
        var (enqueued, acked) = (engine.TryEnqueueAsync("second"), engine.AckAsync(leased));
        held.Release();
        (await first).Status.ShouldBe(SettleStatus.Ok);
        return (enqueued, acked);
    }

    private async Task<(TestEngine Engine, DeliveredMessage Leased)> StartLeasedAsync()
    {
        var engine = await StartWithQueueAsync();
        await engine.EnqueueAsync("leased");
        return (engine, await engine.DequeueOneAsync());
    }
}
