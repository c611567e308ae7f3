using FuncQueue.Engine.Tests.Support;

namespace FuncQueue.Engine.Tests.Modes;

/// <summary>Guarantee 3, at least once: a message that is never acked is delivered again and again.</summary>
[Trait("Guarantee", "3")]
public sealed class LeaseModeTests(AzuriteFixture azurite) : EngineTest(azurite)
{
    [Fact]
    public async Task A_message_that_is_never_acked_is_delivered_until_it_is()
    {
        var engines = new[] { await StartWithQueueAsync(new QueueSettingsChange { MaxDeliveryCount = (int?)null }), Start(), Start() };
        var id = await engines[0].EnqueueAsync("a");
        for (var delivery = 1; delivery <= 25; delivery++)
        {
            var message = await engines[delivery % 3].DequeueOneAsync(TimeSpan.FromSeconds(30));
            message.Id().ShouldBe(id);
            message.Text().ShouldBe("a");
            message.Message.DeliveryCount.ShouldBe(delivery);
            Time.Advance(TimeSpan.FromSeconds(31));
        }

        (await engines[0].AckAsync(await engines[1].DequeueOneAsync())).ShouldBe(SettleStatus.Ok);
        Time.Advance(TimeSpan.FromDays(1));
        (await engines[2].DequeueAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Messages_of_one_row_are_acked_each_on_its_own()
    {
        var (engine, other) = (await StartWithQueueAsync(), Start());
        await engine.EnqueueAllAsync(Enumerable.Range(0, 64).Select(i => $"{i}"));
        var messages = await engine.DequeueAsync(64, TimeSpan.FromSeconds(30));
        messages.Count.ShouldBe(64);
        for (var i = 0; i < messages.Count; i += 2)
            (await (i % 4 == 0 ? engine : other).AckAsync(messages[i])).ShouldBe(SettleStatus.Ok);
        Time.Advance(TimeSpan.FromSeconds(31));
        (await other.DequeueEverythingAsync())
            .Select(m => m.Id())
            .ShouldBe(messages.Where((_, i) => i % 2 == 1).Select(m => m.Id()), ignoreOrder: true);
    }
}
