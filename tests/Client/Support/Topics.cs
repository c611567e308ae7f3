namespace FuncQueue.Client.Tests.Support;

/// <summary>What tests of group readers do beside reading.</summary>
internal static class Topics
{
    public static readonly TimeSpan Generous = TimeSpan.FromSeconds(120);

    public static Task Slowly(ProcessRecordsContext context) =>
        Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, context.CancellationToken);

    public static async Task PublishAsync(FuncQueueClient client, string topic, int first, int count, int partitions)
    {
        await using var publisher = client.CreatePublisher(topic);
        var messages = Enumerable.Range(first, count).Select(i => new TopicMessage($"{i}") { Partition = i % partitions });
        foreach (var outcome in await publisher.PublishAllAsync([.. messages]))
            outcome.GetResult();
    }

    public static async Task<long> LagAsync(FuncQueueClient client, string topic) =>
        (await client.Administration.Groups.FindGroupAsync(topic, "g"))?.Lag ?? -1;
}
