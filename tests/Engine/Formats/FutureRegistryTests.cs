using Azure.Data.Tables;
using FuncQueue.Engine.Tests.Support;

namespace FuncQueue.Engine.Tests.Formats;

/// <summary>
/// A row of the registry that a later version wrote is told of once, stays as it is, and keeps nobody from the other queues.
/// </summary>
public sealed class FutureRegistryTests(AzuriteFixture azurite) : EngineTest(azurite)
{
    [Theory]
    [InlineData("Settings", "{\"type\":\"Braided\"}")]
    [InlineData("Settings", "v2 of something else")]
    [InlineData("Settings", null)]
    [InlineData("Table", null)]
    [InlineData("CreatedAt", "yesterday")]
    [InlineData("Annotations", "[1]")]
    public async Task A_queue_of_a_later_version_keeps_nobody_from_the_others(string column, string? value)
    {
        ExpectsErrors = true;
        var (engine, other) = (await StartWithQueueAsync(), Start());
        await engine.EnqueueAsync("a");
        engine.Queue = TestEngine.Name("later");
        await engine.PutQueueAsync();
        var registry = new TableClient(Azurite.ConnectionString, Options.RegistryTable);
        TableEntity row = await registry.GetEntityAsync<TableEntity>("registry", "q:later", cancellationToken: Cancellation);
        row[column] = value;
        await registry.UpdateEntityAsync(row, row.ETag, TableUpdateMode.Replace, Cancellation);
        TableEntity before = await registry.GetEntityAsync<TableEntity>("registry", "q:later", cancellationToken: Cancellation);

        for (var round = 0; round < 2; round++)
        {
            var page = (await other.Engine.ListQueuesAsync("", 1, null, Cancellation)).Value;
            page.Queues.ShouldHaveSingleItem().Name.ShouldBe(other.Queue);
            (await other.Engine.ListQueuesAsync("", 10, null, Cancellation)).Value.Queues.Count.ShouldBe(1);
            (await other.SweepAsync(everything: true)).ShardsFailed.ShouldBe(0);
            await other.EnqueueAsync("b");
        }

        // Its name is not free, and nobody knows more of it.
        var later = TestEngine.Name("later");
        (
            await other.Engine.PutQueueAsync(later, new QueueSettingsChange(), default, Cancellation)
        ).Failure.ShouldBeOfType<Failure.StorageUnavailable>();
        (await other.Engine.DeleteQueueAsync(later, Cancellation)).Failure.ShouldBeOfType<Failure.StorageUnavailable>();
        (await other.Engine.GetQueueAsync(later, Cancellation)).Failure.ShouldBeOfType<Failure.StorageUnavailable>();
        other.LoggedErrors.ShouldHaveSingleItem().ShouldContain("q:later");
        await registry.ExpectSameAsync(before);
    }

    [Fact]
    public async Task Marks_and_leftovers_of_a_later_version_are_left_alone()
    {
        var engine = await StartWithQueueAsync();
        var registry = new TableClient(Azurite.ConnectionString, Options.RegistryTable);
        var rows = new[]
        {
            new TableEntity("registry", "a:later:00") { ["Queue"] = "orders" },
            new TableEntity("registry", "g:later") { ["Due"] = Time.GetUtcNow() },
        };
        foreach (var row in rows)
            await registry.AddEntityAsync(row, Cancellation);
        await engine.EnqueueAsync("a");
        Time.Advance(TimeSpan.FromDays(1));
        (await engine.SweepAsync(everything: true)).ShardsFailed.ShouldBe(0);
        foreach (var row in rows)
            (
                await registry.GetEntityIfExistsAsync<TableEntity>("registry", row.RowKey, cancellationToken: Cancellation)
            ).HasValue.ShouldBeTrue();
    }
}
