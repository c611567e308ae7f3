using Azure.Data.Tables;
using FuncQueue.LocalHost.Azurite;

namespace FuncQueue.Client.Tests.Real;

/// <summary>Publishing: what shares a request, and what that costs.</summary>
public sealed class PublishTests(AppFixture app)
{
    private const int Records = 60;

    /// <summary>The first goes alone, those that wait for it together: two requests, and two ids where one may stand for all.</summary>
    [Theory]
    [InlineData("none", 2)]
    [InlineData("one", 2)]
    [InlineData("each its own", Records)]
    public async Task Records_for_one_place_that_share_a_request_cost_the_server_one_row_to_be_stored_once(string keys, int rows)
    {
        await using var azurite = await AzuriteServer.StartForTestsAsync();
        await using var own = await AppProcess.StartAsync(
            new Dictionary<string, string?> { ["FuncQueueStorage"] = azurite.ConnectionString }
        );
        var gate = new TaskCompletionSource();
        var interference = new Interference();
        await using var client = new FuncQueueClient(new Uri(own.Address), options: new() { Handler = interference });
        await client.Administration.Topics.CreateOrUpdateTopicAsync("t", new TopicSettings { Partitions = 4 });
        var before = await IdRowsAsync(azurite);
        interference.Before = (_, _) => gate.Task.ContinueWith(_ => (HttpResponseMessage?)null, TaskScheduler.Default);
        var published = Publish(
            client,
            "t",
            i =>
                keys switch
                {
                    "none" => null,
                    "one" => "k",
                    _ => $"k{i}",
                }
        );
        gate.SetResult();
        var results = await Task.WhenAll(published);
        interference.CountOf("/batch").ShouldBe(2);
        (await IdRowsAsync(azurite) - before).ShouldBe(rows);
        results.ShouldAllBe(result => !result.Duplicate);
        results.DistinctBy(result => (result.Partition, result.Offset)).Count().ShouldBe(Records);
        if (keys != "each its own")
            results
                .Skip(1)
                .Select(result => result.Offset - results[1].Offset)
                .ShouldBe(Enumerable.Range(0, Records - 1).Select(i => (long)i));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("k")]
    public async Task Records_that_share_a_lost_request_are_stored_once_each(string? key)
    {
        var (gate, requests) = (new TaskCompletionSource(), 0);
        var interference = new Interference
        {
            Before = (_, _) => gate.Task.ContinueWith(_ => (HttpResponseMessage?)null, TaskScheduler.Default),
            // That of the first record, and that of all that waited meanwhile; a repeat comes behind each.
            Lose = _ => Interlocked.Increment(ref requests) is 1 or 3,
        };
        await using var client = app.Client(interference, options => options.RetryDelay = TimeSpan.FromMilliseconds(1));
        var topic = await app.TopicAsync(partitions: 4);
        var published = Publish(client, topic, _ => key);
        gate.SetResult();
        (await Task.WhenAll(published)).ShouldAllBe(result => result.Duplicate);
        interference.CountOf("/batch").ShouldBe(4);
        (await StoredAsync(topic)).ShouldBe(Records);
    }

    [Fact]
    public async Task Of_records_that_share_a_request_one_that_is_refused_fails_alone()
    {
        var gate = new TaskCompletionSource();
        var interference = new Interference
        {
            Before = (_, _) => gate.Task.ContinueWith(_ => (HttpResponseMessage?)null, TaskScheduler.Default),
        };
        await using var client = app.Client(interference);
        var topic = await app.TopicAsync(partitions: 4);
        await using var publisher = client.CreatePublisher(topic);
        var published = Enumerable
            .Range(0, 9)
            .Select(i => publisher.PublishAsync(new TopicMessage($"{i}") { Priority = i == 5 ? 99 : null }))
            .ToList();
        gate.SetResult();
        (await Should.ThrowAsync<FuncQueueException>(published[5])).Reason.ShouldBe(FuncQueueErrorReason.InvalidRequest);
        published.RemoveAt(5);
        await Task.WhenAll(published);
        (await StoredAsync(topic)).ShouldBe(8);
    }

    [Fact]
    public async Task A_mandatory_record_that_nobody_takes_does_not_keep_the_others_from_being_stored()
    {
        await using var client = app.Client();
        var topic = await app.TopicAsync();
        var outcomes = await client
            .CreatePublisher(topic)
            .PublishAllAsync([.. Enumerable.Range(0, 5).Select(i => new TopicMessage($"{i}") { Mandatory = i == 3 })]);
        outcomes.Select(outcome => outcome.Failure?.Reason).ShouldBe([null, null, null, FuncQueueErrorReason.Unroutable, null]);
        (await StoredAsync(topic)).ShouldBe(4);
    }

    private static List<Task<PublishResult>> Publish(FuncQueueClient client, string topic, Func<int, string?> key)
    {
        var publisher = client.CreatePublisher(topic);
        return [.. Enumerable.Range(0, Records).Select(i => publisher.PublishAsync(new TopicMessage($"{i}") { Key = key(i) }))];
    }

    private async Task<long> StoredAsync(string topic)
    {
        await using var client = app.Client();
        var found = await client.Administration.Topics.FindTopicAsync(topic);
        return found!.Offsets!.Sum(offsets => offsets.NextOffset - offsets.FirstOffset);
    }

    /// <summary>The rows by which repeats are known, of all topics of a storage.</summary>
    private static async Task<int> IdRowsAsync(AzuriteServer azurite)
    {
        var service = new TableServiceClient(azurite.ConnectionString);
        var count = 0;
        await foreach (var table in service.QueryAsync())
        {
            await foreach (var _ in service.GetTableClient(table.Name).QueryAsync<TableEntity>("RowKey ge 'k' and RowKey lt 'l'"))
                count++;
        }

        return count;
    }
}
