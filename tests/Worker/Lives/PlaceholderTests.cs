using FuncQueue.Worker.Tests.Support;
using FuncQueue.WorkerHost;

namespace FuncQueue.Worker.Tests.Lives;

/// <summary>The app starts in a placeholder, as on Flex Consumption, and works as one that was started by itself.</summary>
public sealed class PlaceholderTests(WorkerFixture app)
{
    [Fact]
    public async Task An_app_that_a_placeholder_becomes_takes_a_message_through_its_life()
    {
        await using var placed = await StandInHost.StartAsync(PublishedApp.Options(app.Environment([])) with { Placeholder = true });
        placed.Functions.Select(f => f.Name).ShouldBe(app.App.Host.Functions.Select(f => f.Name), ignoreOrder: true);
        var client = new ApiClient(placed.Address, app.Client.Key);
        var queue = await client.QueueAsync();
        var id = await client.EnqueueAsync(queue, "hello");
        var message = (await client.DequeueAsync(queue)).ShouldHaveSingleItem()!;
        message["messageId"]!.GetValue<string>().ShouldBe(id);
        (await client.SettleAsync(queue, "ack", message)).ShouldBe("ok");
        await placed.FireTimerAsync("SweepStorage");
        placed.Log.Text.ShouldNotContain("fail:");
    }
}
