using FuncQueue.Engine.Queues;
using FuncQueue.Engine.Storage;
using FuncQueue.Engine.Topics.Log;
using FuncQueue.Engine.Topics.Records;
using FuncQueue.Engine.Topics.Registry;

namespace FuncQueue.Engine.Topics.Calls;

/// <summary>Calls about topics as a whole: creating, changing, listing and reading them.</summary>
internal sealed class TopicRegistryCalls(EngineContext context, TopicRegistry registry, TopicDirectory directory, TopicCalls calls)
{
    public Task<Outcome<TopicPut>> PutAsync(
        TopicName topic,
        TopicSettingsChange change,
        TopicCondition condition,
        CancellationToken cancellationToken
    ) =>
        calls.MeasureAsync<TopicPut>(
            "put-topic",
            topic,
            async () =>
            {
                var readAt = context.Time.GetTimestamp();
                if (!(await registry.PutAsync(topic, change, condition, cancellationToken)).TryGetValue(out var put, out var failure))
                    return failure;
                try
                {
                    var runtime = directory.Learn(put.Record, readAt);
                    var partitions = put.Created
                        ? [.. runtime.Partitions.Select(p => new PartitionInfo(p.Number, 0, 0, null))]
                        : await InspectAsync(runtime, cancellationToken);
                    return new TopicPut(new TopicStatus(put.Record.Info, partitions), put.Created);
                }
                catch (StorageFaultException exception)
                {
                    // The topic is as it was asked to be; what cannot be had is the answer.
                    return new Failure.OutcomeUnknown(exception.Fault.RetryAfter);
                }
            }
        );

    public Task<Outcome<TopicPage>> ListAsync(string prefix, int maxResults, string? continuation, CancellationToken cancellationToken) =>
        QueueCalls.GuardAsync<TopicPage>(async () =>
        {
            if (continuation is not null && !TopicName.TryParse(continuation, out _))
                return new Failure.Invalid([new Fault("continuation", "Is not one that was handed out.")]);
            var records = await registry.ListAsync(prefix, continuation, maxResults + 1, cancellationToken);
            var page = records.Take(maxResults).ToList();
            return new TopicPage(
                [.. page.Where(r => !r.IsDeleting).Select(r => r.Info)],
                records.Count > maxResults ? page[^1].Name.Value : null
            );
        });

    public Task<Outcome<TopicStatus>> GetAsync(TopicName topic, CancellationToken cancellationToken) =>
        calls.RunAsync<TopicStatus>(
            "get-topic",
            topic,
            async runtime => new TopicStatus(runtime.Record.Info, await InspectAsync(runtime, cancellationToken)),
            QueueCalls.Always,
            cancellationToken
        );

    public Task<Outcome<TopicInfo>> FindAsync(TopicName topic, CancellationToken cancellationToken) =>
        QueueCalls.GuardAsync<TopicInfo>(async () =>
            await directory.FindAsync(topic, cancellationToken) is { } runtime ? runtime.Record.Info : new Failure.TopicNotFound(topic)
        );

    private static async Task<IReadOnlyList<PartitionInfo>> InspectAsync(TopicRuntime topic, CancellationToken cancellationToken) =>
        await Task.WhenAll(topic.Partitions.Select(p => InspectAsync(p, cancellationToken)));

    private static async Task<PartitionInfo> InspectAsync(TopicPartition partition, CancellationToken cancellationToken)
    {
        // The first row, then the head: what is stored in between is not told of, rather than a first offset behind the next one.
        var (rows, _) = await partition.Table.ReadEntitiesAsync(RecordRow.All, 1, RecordRow.PlaceColumns, cancellationToken);
        var head = LogHead.Read(await partition.Table.ReadEntityAsync(LogHead.RowKey, null, cancellationToken));
        var first = rows.Count == 0 ? head.Next : RecordRow.ReadPlace(rows[0]).First;
        return new PartitionInfo(partition.Number, Math.Min(first, head.Next), head.Next, head.AppendedAt);
    }
}
