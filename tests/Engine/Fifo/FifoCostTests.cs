using FuncQueue.Engine.Tests.Support;

namespace FuncQueue.Engine.Tests.Fifo;

/// <summary>What FIFO queues cost in requests to storage, counted, on processes that have warmed up.</summary>
public sealed class FifoCostTests(AzuriteFixture azurite) : FifoTest(azurite)
{
    [Fact]
    public async Task A_lone_enqueue_is_one_write_and_nothing_else()
    {
        var engine = await WarmAsync();
        for (var i = 0; i < 5; i++)
        {
            engine.Requests.Clear();
            await engine.EnqueueAsync(Message("a", "x"));
            engine.Requests.All.ShouldHaveSingleItem().InsertsMessages.ShouldBeTrue();
        }
    }

    [Fact]
    public async Task A_message_that_is_waited_for_is_leased_and_acked_for_a_write_each()
    {
        var engine = await WarmAsync();
        for (var i = 0; i < 5; i++)
        {
            await engine.EnqueueAsync(Message("a", "x"));
            engine.Requests.Clear();
            var message = await engine.DequeueOneAsync();
            await engine.AckAsync(message);
            engine.Requests.CountOf(r => r.IsTableWrite).ShouldBe(2);
            engine.Requests.CountOf(r => r.IsRowRead).ShouldBe(0);
        }
    }

    [Fact]
    public async Task What_is_handed_out_for_good_is_a_write_of_its_own_row_and_no_lock()
    {
        var engine = await WarmAsync();
        await engine.EnqueueAsync(Message("a", "x"));
        engine.Requests.Clear();
        (await engine.DequeueAsync(delete: true)).Count.ShouldBe(1);
        engine.Requests.All.Where(r => r.IsTableWrite).ShouldHaveSingleItem().Operations.ShouldAllBe(o => !o.IsOn("l"));
        engine.Requests.CountOf(r => r.IsRowRead).ShouldBe(0);
    }

    [Fact]
    public async Task Sixty_four_groups_share_their_writes_over_a_whole_life()
    {
        var engine = await WarmAsync();
        const int Rounds = 10;
        engine.Requests.Clear();
        for (var round = 0; round < Rounds; round++)
        {
            await Task.WhenAll(Enumerable.Range(0, 64).Select(g => engine.EnqueueAsync(Message($"g{g}", "x"))));
            for (var received = 0; received < 64; )
            {
                var messages = await engine.DequeueAsync(32);
                (await engine.TrySettleAsync(new Settlement.Ack(), messages)).Value.ShouldAllBe(s => s.Status == SettleStatus.Ok);
                received += messages.Count;
            }
        }

        (engine.Requests.Count / (64.0 * Rounds)).ShouldBeLessThanOrEqualTo(0.12);
    }

    private async Task<TestEngine> WarmAsync()
    {
        var engine = await StartFifoAsync();
        await engine.EnqueueAsync(Message("a", "warm"));
        await engine.AckAsync(await engine.DequeueOneAsync());
        (await engine.DequeueAsync()).ShouldBeEmpty();
        engine.Requests.Clear();
        return engine;
    }
}
