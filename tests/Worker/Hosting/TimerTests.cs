using FuncQueue.Worker.Tests.Support;

namespace FuncQueue.Worker.Tests.Hosting;

/// <summary>Each timer, fired by the host, does its part; on queues that nobody else looks after.</summary>
public sealed class TimerTests(WorkerFixture app)
{
    private const string Never = "0 0 0 29 2 *";

    [Fact]
    public async Task Each_timer_does_its_part_when_the_host_fires_it()
    {
        await using var timed = await WorkerApp.StartAsync(
            app.Environment(
                new()
                {
                    ["RedeliverExpiredLeasesSchedule"] = Never,
                    ["DeadLetterPoisonMessagesSchedule"] = Never,
                    ["SweepStorageSchedule"] = Never,
                    ["ForwardSubscriptionsSchedule"] = Never,
                    ["FuncQueue__RegistryTable"] = "workertimers",
                }
            )
        );
        // Whichever timer comes first makes the full pass of this hour, over everything; the ones after it do their parts.
        await timed.Host.FireTimerAsync("SweepStorage");
        var client = new ApiClient(timed.Address, app.Client.Key);
        var (poison, patient, large) = (
            await client.QueueAsync("""{"maxDeliveryCount":1}"""),
            await client.QueueAsync(),
            await client.QueueAsync()
        );
        await client.EnqueueAsync(poison, "x");
        await client.EnqueueAsync(patient, "y");
        await client.EnqueueAsync(large, new byte[100_000]);
        await client.DequeueAsync(poison, "?visibilityTimeoutSeconds=1");
        await client.DequeueAsync(patient, "?visibilityTimeoutSeconds=1");
        (await client.SettleAsync(large, "ack", (await client.DequeueAsync(large))[0]!)).ShouldBe("ok");
        await DoesAsync("RedeliverExpiredLeases", "1 messages ready again");
        await DoesAsync("DeadLetterPoisonMessages", "1 dead-lettered");
        await DoesAsync("SweepStorage", "1 payloads deleted");
        (await client.CountsAsync(patient)).ShouldContain("\"ready\":1");
        (await client.GetAsync(poison + "/deadletter/messages")).Json["messages"]![0]!["deadLetterReason"]!
            .GetValue<string>()
            .ShouldBe("max-delivery-count-exceeded");
        timed.Faults.ShouldBeEmpty();

        Task DoesAsync(string timer, string effect) =>
            Until.TrueAsync(
                async () =>
                {
                    await timed.Host.FireTimerAsync(timer);
                    return timed
                        .Output.Split('\n')
                        .Any(line => line.Contains(timer, StringComparison.Ordinal) && line.Contains(effect, StringComparison.Ordinal));
                },
                $"{timer}: {effect}"
            );
    }

    [Fact]
    public async Task A_timer_that_fires_while_storage_is_gone_says_so_and_fires_again()
    {
        await using var azurite = await FuncQueue.LocalHost.Azurite.AzuriteServer.StartForTestsAsync();
        await using var orphan = await WorkerApp.StartAsync(
            new Dictionary<string, string?> { ["FuncQueueStorage"] = azurite.ConnectionString }
        );
        await azurite.DisposeAsync();
        foreach (var timer in new[] { "RedeliverExpiredLeases", "SweepStorage" })
        {
            await orphan.Host.FireTimerAsync(timer);
            orphan.Output.ShouldContain($"{timer} could not run");
        }
    }
}
