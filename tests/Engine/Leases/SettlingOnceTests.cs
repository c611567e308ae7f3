using FuncQueue.Engine.Tests.Support;

namespace FuncQueue.Engine.Tests.Leases;

/// <summary>Guarantee 2: a receipt is good for one lease.</summary>
public sealed class SettlingOnceTests(AzuriteFixture azurite) : EngineTest(azurite)
{
    [Fact]
    public async Task A_message_that_was_acked_is_gone()
    {
        var engine = await StartWithQueueAsync();
        await engine.EnqueueAsync("a");
        var message = await engine.DequeueOneAsync();
        (await engine.AckAsync(message)).ShouldBe(SettleStatus.Ok);
        Time.Advance(TimeSpan.FromHours(1));
        (await engine.DequeueAsync()).ShouldBeEmpty();
    }
}
