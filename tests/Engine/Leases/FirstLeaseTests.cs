using FuncQueue.Engine.Tests.Support;

namespace FuncQueue.Engine.Tests.Leases;

/// <summary>A message that comes while receivers wait, and nothing older is ready, is inserted as theirs: one write for both.</summary>
[Trait("Guarantee", "2")]
public sealed class FirstLeaseTests(AzuriteFixture azurite) : EngineTest(azurite)
{
    private static readonly TimeSpan VisibilityTimeout = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task A_message_that_is_waited_for_is_enqueued_and_leased_by_one_write_and_acked_by_another()
    {
        var engine = await StartEmptyAsync();
        var waiting = Wait(engine);
        engine.Requests.Clear();
        var id = await engine.EnqueueAsync("a");
        var message = (await waiting).Value.ShouldHaveSingleItem();
        message.Id().ShouldBe(id);
        message.Text().ShouldBe("a");
        message.Message.DeliveryCount.ShouldBe(1);
        (await engine.AckAsync(message)).ShouldBe(SettleStatus.Ok);
        engine.Requests.CountOf(r => r.IsTableWrite).ShouldBe(2);
        engine.Requests.CountOf(r => r.IsRowRead).ShouldBe(0);
        (await engine.CountsAsync()).ShouldBe(default);
    }

    [Fact]
    public async Task The_lease_holds_against_other_processes_and_ends_like_any_other()
    {
        var (engine, other) = (await StartEmptyAsync(), Start());
        var waiting = Wait(engine);
        await engine.EnqueueAsync("a");
        var first = (await waiting).Value.ShouldHaveSingleItem();
        (await other.DequeueAsync()).ShouldBeEmpty();
        Time.Advance(VisibilityTimeout + Options.ClockSkewBound);
        var second = await other.DequeueOneAsync();
        second.Id().ShouldBe(first.Id());
        second.Message.DeliveryCount.ShouldBe(2);
        (await engine.AckAsync(first)).ShouldBe(SettleStatus.LeaseLost);
    }

    [Fact]
    public async Task Several_receivers_share_a_batch_as_far_as_they_ask_and_the_rest_stays_ready()
    {
        var engine = await StartEmptyAsync();
        Task<Outcome<IReadOnlyList<DeliveredMessage>>>[] waiting = [Wait(engine, 2), Wait(engine, 1)];
        await engine.EnqueueAllAsync("a", "b", "c", "d");
        var delivered = (await Task.WhenAll(waiting)).SelectMany(o => o.Value).Select(m => m.Text()).ToList();
        delivered.ShouldBe(["a", "b", "c"], ignoreOrder: true);
        (await engine.DequeueOneAsync()).Text().ShouldBe("d");
    }

    [Fact]
    public async Task What_is_ready_goes_out_before_what_comes()
    {
        var (engine, other) = (await StartEmptyAsync(), Start());
        await other.EnqueueAsync("older");
        var waiting = Wait(engine);
        await Eventually.HoldsAsync(
            "the receiver is served",
            async () =>
            {
                Time.Advance(TimeSpan.FromSeconds(1));
                await Task.Yield();
                return waiting.IsCompleted;
            }
        );
        (await waiting).Value.ShouldHaveSingleItem().Text().ShouldBe("older");
        await engine.EnqueueAllAsync("b", "c");
        (await engine.DequeueOneAsync()).Text().ShouldBe("b");
        var next = Wait(engine);
        await engine.EnqueueAsync("d");
        (await next).Value.ShouldHaveSingleItem().Text().ShouldBe("c");
    }

    [Fact]
    public async Task An_insert_whose_answer_was_lost_is_handed_over_once_it_is_found()
    {
        var engine = await StartEmptyAsync();
        var waiting = Wait(engine);
        var fault = engine.Faults.LoseAnswer(r => r.InsertsMessages);
        var id = await engine.EnqueueAsync("a");
        fault.Count.ShouldBe(1);
        var message = (await waiting).Value.ShouldHaveSingleItem();
        message.Id().ShouldBe(id);
        (await engine.AckAsync(message)).ShouldBe(SettleStatus.Ok);
        (await engine.CountsAsync()).ShouldBe(default);
    }

    [Fact]
    public async Task An_insert_that_did_not_happen_hands_nothing_over_and_the_receiver_gets_what_comes_next()
    {
        var engine = await StartEmptyAsync();
        var waiting = Wait(engine);
        engine.Faults.Refuse(r => r.InsertsMessages);
        (await engine.TryEnqueueAsync("a")).Failure.ShouldBeOfType<Failure.StorageUnavailable>();
        waiting.IsCompleted.ShouldBeFalse();
        await engine.EnqueueAsync("b");
        (await waiting).Value.ShouldHaveSingleItem().Text().ShouldBe("b");
    }

    [Fact]
    public async Task An_insert_that_arrives_late_belongs_to_nobody_until_its_lease_ends()
    {
        var engine = await StartEmptyAsync();
        var waiting = Wait(engine);
        var late = engine.Faults.Delay(r => r.InsertsMessages);
        (await engine.TryEnqueueAsync("a")).Failure.ShouldBeOfType<Failure.OutcomeUnknown>();
        await engine.EnqueueAsync("b");
        (await waiting).Value.ShouldHaveSingleItem().Text().ShouldBe("b");
        await late.ArriveAsync();
        (await engine.DequeueAsync()).ShouldBeEmpty();
        Time.Advance(VisibilityTimeout + Options.ClockSkewBound);
        (await engine.DequeueEverythingAsync()).Select(m => m.Text()).ShouldContain("a");
    }

    [Fact]
    public async Task A_receiver_that_goes_during_the_insert_gives_the_message_back_uncounted()
    {
        var (engine, other) = (await StartEmptyAsync(), Start());
        using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var held = engine.Faults.Hold(r => r.InsertsMessages);
        var waiting = Wait(engine, 1, cancellation.Token);
        var enqueue = engine.EnqueueAsync("a");
        await held.Reached;
        await cancellation.CancelAsync();
        held.Release();
        await enqueue;
        await Should.ThrowAsync<OperationCanceledException>(() => waiting);
        await Eventually.HoldsAsync("the message is ready", async () => (await other.CountsAsync()).Ready == 1);
        (await other.DequeueOneAsync()).Message.DeliveryCount.ShouldBe(1);
    }

    [Fact]
    public async Task A_process_that_dies_after_the_insert_leaves_a_message_that_comes_again()
    {
        var (engine, other) = (await StartEmptyAsync(), Start());
        _ = Wait(engine);
        var held = engine.Faults.Hold(r => r.InsertsMessages);
        _ = engine.TryEnqueueAsync("lost with its process");
        await held.Reached;
        engine.Kill();
        held.Release();
        var third = Start();
        _ = third.Engine.DequeueAsync(
            third.Queue,
            MessageSource.Live,
            new DequeueRequest { Wait = Limits.MaxWait, VisibilityTimeout = VisibilityTimeout },
            Cancellation
        );
        await third.EnqueueAsync("a");
        third.Kill();
        Time.Advance(VisibilityTimeout + Options.ClockSkewBound);
        (await other.DequeueEverythingAsync()).Select(m => m.Text()).ShouldBe(["a"]);
    }

    [Fact]
    public async Task A_receiver_of_mode_delete_gets_the_message_after_it_is_there()
    {
        var engine = await StartEmptyAsync();
        var waiting = engine.TryDequeueAsync(new DequeueRequest { Wait = Limits.MaxWait, Delete = true });
        await engine.EnqueueAsync("a");
        (await waiting).Value.ShouldHaveSingleItem().Receipt.ShouldBeNull();
        (await engine.CountsAsync()).ShouldBe(default);
    }

    /// <summary>A process that has looked at the whole queue and found nothing.</summary>
    private async Task<TestEngine> StartEmptyAsync()
    {
        var engine = await StartWithQueueAsync();
        await engine.AckAsync(await EnqueueAndDequeueAsync(engine));
        (await engine.DequeueAsync()).ShouldBeEmpty();
        return engine;
    }

    private static async Task<DeliveredMessage> EnqueueAndDequeueAsync(TestEngine engine)
    {
        await engine.EnqueueAsync("warm");
        return await engine.DequeueOneAsync();
    }

    private static Task<Outcome<IReadOnlyList<DeliveredMessage>>> Wait(
        TestEngine engine,
        int most = 1,
        CancellationToken? cancellation = null
    ) =>
        engine
            .Engine.DequeueAsync(
                engine.Queue,
                MessageSource.Live,
                new DequeueRequest
                {
                    MaxMessages = most,
                    Wait = Limits.MaxWait,
                    VisibilityTimeout = VisibilityTimeout,
                },
                cancellation ?? Cancellation
            )
            .WithinPatienceAsync();
}
