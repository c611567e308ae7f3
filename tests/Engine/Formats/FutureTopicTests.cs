using Azure.Data.Tables;
using FuncQueue.Engine.Tests.Support;
using FuncQueue.Engine.Tests.Topics;

namespace FuncQueue.Engine.Tests.Formats;

/// <summary>
/// A topic's row of the registry that a later version wrote is told of once, stays as it is, and keeps nobody from the other topics.
/// </summary>
public sealed class FutureTopicTests(AzuriteFixture azurite) : TopicTest(azurite)
{
    [Theory]
    [InlineData("Settings", "{\"partitions\":\"braided\"}")]
    [InlineData("Settings", null)]
    [InlineData("Revision", null)]
    [InlineData("CreatedAt", "yesterday")]
    public async Task A_topic_of_a_later_version_keeps_nobody_from_the_others(string column, string? value)
    {
        ExpectsErrors = true;
        var (engine, other, later) = (await StartWithTopicAsync(), Start(), Topic("later"));
        await PublishAsync(engine, "a");
        (await engine.Topics.PutTopicAsync(later, OnePartition, default, Cancellation)).Failure.ShouldBeNull();
        var registry = new TableClient(Azurite.ConnectionString, Options.RegistryTable);
        TableEntity row = await registry.GetEntityAsync<TableEntity>("registry", "o:later", cancellationToken: Cancellation);
        row[column] = value;
        await registry.UpdateEntityAsync(row, row.ETag, TableUpdateMode.Replace, Cancellation);
        TableEntity before = await registry.GetEntityAsync<TableEntity>("registry", "o:later", cancellationToken: Cancellation);

        for (var round = 0; round < 2; round++)
        {
            (await other.Topics.ListTopicsAsync("", 10, null, Cancellation)).Value.Topics.ShouldHaveSingleItem().Name.ShouldBe(Events);
            (await other.Topics.SweepAsync(everything: true, Cancellation)).Failure.ShouldBeNull();
            (await other.Topics.ForwardSubscriptionsAsync(Cancellation)).Failure.ShouldBeNull();
            (await other.SweepAsync(everything: true)).ShardsFailed.ShouldBe(0);
            (await PublishAsync(other, "b")).Offset.ShouldBe(1 + round);
            Time.Advance(TimeSpan.FromHours(1));
        }

        // Its name is not free, and nobody knows more of it.
        (
            await other.Topics.PutTopicAsync(later, OnePartition, default, Cancellation)
        ).Failure.ShouldBeOfType<Failure.StorageUnavailable>();
        (await other.Topics.GetTopicAsync(later, Cancellation)).Failure.ShouldBeOfType<Failure.StorageUnavailable>();
        other.LoggedErrors.ShouldHaveSingleItem().ShouldContain("o:later");
        await registry.ExpectSameAsync(before);
    }
}
