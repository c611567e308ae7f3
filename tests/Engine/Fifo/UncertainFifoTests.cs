using FuncQueue.Engine.Tests.Support;

namespace FuncQueue.Engine.Tests.Fifo;

/// <summary>Guarantees 4 and 5: lost answers and other processes that write first do not disturb the order.</summary>
[Trait("Guarantee", "4")]
public sealed class UncertainFifoTests(AzuriteFixture azurite) : FifoTest(azurite)
{
    [Fact]
    public async Task An_enqueue_whose_answer_was_lost_is_there_once_and_in_its_place()
    {
        var (engine, other) = (await StartFifoAsync(), Start());
        await engine.EnqueueAsync(Message("a", "a1"));
        engine.Faults.LoseAnswer(r => r.InsertsMessages);
        (await engine.TryEnqueueAsync(Message("a", "a2"))).Value.SequenceNumber.ShouldNotBeNull();
        await other.EnqueueAsync(Message("a", "a3"));
        Texts(await other.DequeueAsync(10)).ShouldBe(["a1", "a2", "a3"]);
    }

    [Fact]
    public async Task An_enqueue_that_was_lost_on_its_way_cannot_arrive_once_another_one_was_carried_out()
    {
        var (engine, other) = (await StartFifoAsync(), Start());
        await engine.EnqueueAsync(Message("a", "a1"));
        var late = engine.Faults.Delay(r => r.InsertsMessages);
        (await engine.TryEnqueueAsync(Message("a", "late"))).Failure.ShouldBeOfType<Failure.OutcomeUnknown>();
        await other.EnqueueAsync(Message("a", "a2"));
        await late.ArriveAsync();
        Texts(await other.DequeueAsync(10)).ShouldBe(["a1", "a2"]);
    }

    [Fact]
    public async Task An_enqueue_that_was_lost_on_its_way_and_never_can_arrive_is_written_behind_what_came_first()
    {
        var (engine, other) = (await StartFifoAsync(), Start());
        await engine.EnqueueAsync(Message("a", "a1"));
        await other.EnqueueAsync(Message("a", "a2"));
        await engine.EnqueueAsync(Message("a", "a3"));
        var late = engine.Faults.Delay(r => r.InsertsMessages);
        var look = engine.Faults.Hold(r => r.ReadsMessageRow);
        var lost = engine.EnqueueAllAsync([Message("a", "a5"), Message("a", "a6")]);
        await look.Reached;
        // One message: the head is now where the lost write of two cannot have left it.
        await other.EnqueueAsync(Message("a", "a4"));
        look.Release();
        await lost;
        await late.ArriveAsync();
        Texts(await other.DequeueAsync(10)).ShouldBe(["a1", "a2", "a3", "a4", "a5", "a6"]);
    }

    [Fact]
    public async Task A_lost_enqueue_that_arrives_before_the_next_is_in_its_place()
    {
        var (engine, other) = (await StartFifoAsync(), Start());
        await engine.EnqueueAsync(Message("a", "a1"));
        var late = engine.Faults.Delay(r => r.InsertsMessages);
        (await engine.TryEnqueueAsync(Message("a", "late"))).Failure.ShouldBeOfType<Failure.OutcomeUnknown>();
        await late.ArriveAsync();
        await engine.EnqueueAsync(Message("a", "a2"));
        Texts(await other.DequeueAsync(10)).ShouldBe(["a1", "late", "a2"]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_claim_whose_answer_was_lost_holds_its_group_and_hands_its_messages_out(bool carriedOut)
    {
        var (engine, other) = (await StartFifoAsync(), Start());
        await EnqueueEachAsync(engine, "a", 3);
        if (carriedOut)
            engine.Faults.LoseAnswer(r => r.ChangesMessages);
        else
            engine.Faults.LoseRequest(r => r.ChangesMessages);
        var messages = await engine.DequeueAsync(2);
        Texts(messages).ShouldBe(["a1", "a2"]);
        (await other.DequeueAsync()).ShouldBeEmpty();
        foreach (var message in messages)
            (await other.AckAsync(message)).ShouldBe(SettleStatus.Ok);
        (await engine.DequeueOneAsync()).Text().ShouldBe("a3");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_ack_whose_answer_was_lost_frees_its_group(bool carriedOut)
    {
        var (engine, other) = (await StartFifoAsync(), Start());
        await EnqueueEachAsync(engine, "a", 2);
        var message = await engine.DequeueOneAsync();
        if (carriedOut)
            engine.Faults.LoseAnswer(r => r.ChangesMessages);
        else
            engine.Faults.LoseRequest(r => r.ChangesMessages);
        (await engine.AckAsync(message)).ShouldBe(SettleStatus.Ok);
        (await other.DequeueOneAsync()).Text().ShouldBe("a2");
        (await engine.DequeueAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Of_two_processes_that_claim_a_group_at_once_one_gets_all_of_it()
    {
        for (var round = 0; round < 15; round++)
        {
            var engines = new[] { Start(), Start(), Start() };
            var name = TestEngine.Name($"race-{round}");
            foreach (var engine in engines)
                engine.Queue = name;
            await engines[0].PutQueueAsync(Fifo);
            await EnqueueEachAsync(engines[0], "a", 4);
            var claims = await Task.WhenAll(engines.Select(e => e.DequeueAsync(2)));
            claims.Where(c => c.Count > 0).ShouldHaveSingleItem().Select(m => m.Text()).ShouldBe(["a1", "a2"]);
        }
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(1, false)]
    [InlineData(3, true)]
    [InlineData(3, false)]
    public async Task Leases_that_were_acked_elsewhere_are_lost_even_when_storage_does_not_say_what_became_of_the_write(
        int messages,
        bool requestLost
    )
    {
        var (engine, other) = (await StartFifoAsync(), Start());
        await EnqueueEachAsync(engine, "a", messages);
        var leased = await engine.DequeueAsync(messages, TimeSpan.FromMinutes(5));
        (await other.TrySettleAsync(new Settlement.Ack(), leased)).Value.ShouldAllBe(s => s.Status == SettleStatus.Ok);
        var lost = requestLost ? engine.Faults.LoseRequest(r => r.ChangesMessages) : engine.Faults.LoseAnswer(r => r.ChangesMessages);
        (await engine.TrySettleAsync(new Settlement.Ack(), leased)).Value.ShouldAllBe(s => s.Status == SettleStatus.LeaseLost);
        lost.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Processes_that_enqueue_to_one_shard_at_once_all_get_on()
    {
        var engines = new[] { await StartFifoAsync(), Start(), Start(), Start() };
        var numbers = await Task.WhenAll(
            engines.SelectMany(
                (engine, e) =>
                    Enumerable.Range(0, 20).Select(async i => (await engine.TryEnqueueAsync(Message($"{e}", $"{i}"))).Value.SequenceNumber)
            )
        );
        numbers.ShouldBeUnique();
        (await engines[0].DequeueEverythingAsync()).Count.ShouldBe(80);
    }

    [Fact]
    public async Task A_row_of_a_later_version_stops_what_comes_behind_it_and_is_left_untouched()
    {
        ExpectsErrors = true;
        var (engine, other) = (await StartFifoAsync(), Start());
        await engine.EnqueueAsync(Message("a", "a1"));
        engine.Requests.Clear();
        await engine.EnqueueAsync(Message("a", "a2"));
        await engine.EnqueueAsync(Message("a", "a3"));
        var insert = engine.Requests.All.First(r => r.InsertsMessages);
        var table = new Azure.Data.Tables.TableClient(Azurite.ConnectionString, (await TableNameAsync(engine)));
        var key = insert.Operations.Single(o => o.IsOn("m")).RowKey;
        var row = (await table.GetEntityAsync<Azure.Data.Tables.TableEntity>("00", key, cancellationToken: Cancellation)).Value;
        row["State"] = new byte[] { 99, 1, 2, 3 };
        var etag = (await table.UpdateEntityAsync(row, row.ETag, Azure.Data.Tables.TableUpdateMode.Replace, Cancellation)).Headers.ETag;
        Texts(await other.DequeueAsync(10)).ShouldBe(["a1"]);
        (await table.GetEntityAsync<Azure.Data.Tables.TableEntity>("00", key, cancellationToken: Cancellation)).Value.ETag.ShouldBe(
            etag!.Value
        );
    }

    /// <summary>The queue's table, as a look at one row of it names it.</summary>
    private static async Task<string> TableNameAsync(TestEngine engine)
    {
        engine.Requests.Clear();
        _ = await engine.Engine.GetQueueAsync(engine.Queue, Cancellation);
        return engine.Requests.All.Last(r => r.IsQuery).Resource.Split('(')[0];
    }
}
