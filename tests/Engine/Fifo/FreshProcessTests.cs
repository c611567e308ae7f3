using FuncQueue.Engine.Tests.Support;

namespace FuncQueue.Engine.Tests.Fifo;

/// <summary>A process that has just started knows some rows, from what it settles, before it has looked at the shard.</summary>
[Trait("Guarantee", "4")]
public sealed class FreshProcessTests(AzuriteFixture azurite) : FifoTest(azurite)
{
    [Fact]
    public async Task A_process_that_settles_before_it_has_looked_hands_out_nothing_before_its_turn()
    {
        var first = await StartFifoAsync();
        await EnqueueEachAsync(first, "a", 3);
        var leased = await first.DequeueAsync(3);
        // The last of three goes back through a process that has seen nothing but the row of this one.
        (await first.NackAsync(leased[0])).ShouldBe(SettleStatus.Ok);
        (await first.NackAsync(leased[1])).ShouldBe(SettleStatus.Ok);
        var fresh = Start();
        (await fresh.NackAsync(leased[2])).ShouldBe(SettleStatus.Ok);
        Texts(await fresh.DequeueAsync(3)).ShouldBe(["a1", "a2", "a3"]);
    }
}
