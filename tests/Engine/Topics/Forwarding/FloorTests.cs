using Azure.Data.Tables;
using FuncQueue.Engine.Tests.Support;
using FuncQueue.Engine.Topics;

namespace FuncQueue.Engine.Tests.Topics.Forwarding;

/// <summary>A subscription begins at what is kept, and never behind it.</summary>
public sealed class FloorTests(AzuriteFixture azurite) : ForwardingTest(azurite)
{
    [Fact]
    public async Task A_subscription_from_the_past_and_a_seek_begin_at_the_floor()
    {
        var engine = await StartWithTopicAsync();
        foreach (var text in new[] { "0", "1", "2", "3" })
            await PublishAsync(engine, text);
        var table = await TableAsync(engine);
        await table.AddEntityAsync(new TableEntity("00", "b") { ["Format"] = 1, ["Offset"] = 2L }, Cancellation);
        await SubscribeAsync(engine, "orders", from: new SubscriptionStart.Earliest());
        (await ArrivedAsync(engine, "orders")).ShouldBe(["2", "3"]);
        var zero = new SubscriptionStart.Offsets(new Dictionary<int, long> { [0] = 0 });
        (await engine.Topics.SeekSubscriptionAsync(Events, TestEngine.Name("orders"), zero, Cancellation)).Value.ShouldBeTrue();
        var positions = (await StatusAsync(engine, "orders")).Partitions;
        positions[0].Position.ShouldBeGreaterThanOrEqualTo(2);
    }
}
