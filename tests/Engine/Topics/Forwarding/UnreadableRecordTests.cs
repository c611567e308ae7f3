using Azure.Data.Tables;
using FuncQueue.Engine.Tests.Support;
using FuncQueue.Engine.Topics;

namespace FuncQueue.Engine.Tests.Topics.Forwarding;

/// <summary>In front of a record of a later version a subscription stops; what else there is goes on.</summary>
public sealed class UnreadableRecordTests(AzuriteFixture azurite) : ForwardingTest(azurite)
{
    [Fact]
    public async Task A_subscription_stops_in_front_of_it_and_other_partitions_go_on_until_a_seek_passes_it()
    {
        ExpectsErrors = true;
        var engine = await StartWithTopicAsync(new TopicSettingsChange { Partitions = 2 });
        await SubscribeAsync(engine, "orders", ByKey("none"));
        foreach (var text in new[] { "before", "unreadable", "behind" })
            await PublishAsync(engine, Text(text) with { Partition = 0 });
        await PublishAsync(engine, Text("beside") with { Partition = 1 });
        await SpoilAsync(engine, partition: "00", row: 1);
        var other = Start();
        await other.Topics.ChangeFiltersAsync(
            Events,
            new Dictionary<QueueName, Engine.Topics.Filters.SubscriptionFilters>
            {
                [TestEngine.Name("orders")] = Engine.Topics.Filters.SubscriptionFilters.None,
            },
            Cancellation
        );
        await SeekAsync(other, new SubscriptionStart.Earliest());
        await other.Topics.WhenIdleAsync();
        (await TakeAllAsync(other, "orders")).Select(m => m.Text()).ShouldBe(["before", "beside"], ignoreOrder: true);
        await SeekAsync(other, new SubscriptionStart.Offsets(new Dictionary<int, long> { [0] = 2 }));
        await other.Topics.WhenIdleAsync();
        (await TakeAllAsync(other, "orders")).Select(m => m.Text()).ShouldBe(["behind"]);
    }

    private static async Task SeekAsync(TestEngine engine, SubscriptionStart to) =>
        (await engine.Topics.SeekSubscriptionAsync(Events, TestEngine.Name("orders"), to, Cancellation)).Value.ShouldBeTrue();

    private async Task SpoilAsync(TestEngine engine, string partition, int row)
    {
        var table = await TableAsync(engine);
        var rows = new List<TableEntity>();
        await foreach (var entity in table.QueryAsync<TableEntity>($"PartitionKey eq '{partition}' and RowKey ge 'r' and RowKey lt 's'"))
            rows.Add(entity);
        rows[row]["Index"] = new byte[] { 99 };
        await table.UpdateEntityAsync(rows[row], rows[row].ETag, TableUpdateMode.Replace, Cancellation);
    }
}
