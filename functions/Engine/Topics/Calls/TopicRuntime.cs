using FuncQueue.Engine.Payloads;
using FuncQueue.Engine.Registry;
using FuncQueue.Engine.Storage;
using FuncQueue.Engine.Topics.Log;
using FuncQueue.Engine.Topics.Reading;
using FuncQueue.Engine.Topics.Records;
using FuncQueue.Engine.Topics.Registry;

namespace FuncQueue.Engine.Topics.Calls;

/// <summary>One generation of a topic in this process. It lives as long as the process, or until the topic is found gone.</summary>
internal sealed class TopicRuntime : ITopicLog, IGeneration<TopicRecord>
{
    private volatile TopicRecord record;

    public TopicRuntime(
        EngineContext context,
        DataAccount account,
        TopicRegistry registry,
        TopicRecord record,
        Func<TopicRecord, ITopicSubscriptions> subscriptions,
        TailBudget tails
    )
    {
        this.record = record;
        Payloads = account.Payloads;
        TableHash = RecordId.HashOf(record.Table);
        Subscriptions = subscriptions(record);
        Activity = new ActivityMarker(context, () => registry.MarkActiveAsync(this.record));
        Sticky = new StickyPartition(context.Time, record.Settings.Partitions, (int)(context.Process.Value % Limits.MaxPartitions));
        Partitions = [.. Enumerable.Range(0, record.Settings.Partitions).Select(Partition)];
        Logs = [.. Partitions.Select(p => p.Log)];

        TopicPartition Partition(int number)
        {
            var table = account.Clients.ShardOf(record.Table, number, context.Unreadable);
            var reader = new PartitionReader(context, table, record.Table, tails);
            var poll = new TailPoll(context, reader, record.Settings.Partitions);
            return new TopicPartition(
                new PartitionLog(
                    context,
                    record.Name,
                    table,
                    Activity,
                    Subscriptions,
                    (row, head) =>
                    {
                        reader.Learn(row);
                        Subscriptions.Appended(row, head);
                    }
                ),
                reader,
                poll,
                new RecordReading(context, reader, poll, TableHash)
            );
        }
    }

    public TopicName Name => record.Name;

    public string Table => record.Table;

    /// <summary>What stands for the table in the ids of records.</summary>
    public ulong TableHash { get; }

    public TopicRecord Record => record;

    public TopicSettings Settings => record.Settings;

    public PayloadStore Payloads { get; }

    public ITopicSubscriptions Subscriptions { get; }

    public IReadOnlyList<TopicPartition> Partitions { get; }

    public IReadOnlyList<PartitionLog> Logs { get; }

    public bool IsDeleting => record.IsDeleting;

    public StickyPartition Sticky { get; }

    public ActivityMarker Activity { get; }

    /// <summary>Readers that wait for more.</summary>
    public int WaitingReaders => Partitions.Sum(partition => partition.Poll.Waiting);

    /// <summary>Takes in what the registry says of this generation now.</summary>
    public void Update(TopicRecord latest) => record = latest;

    /// <summary>Ends the waiting of readers, and of whoever ends a subscription.</summary>
    public void StopWaiting()
    {
        Subscriptions.StopWaiting();
        foreach (var partition in Partitions)
            partition.Reader.Wake();
    }

    public bool IsIdle => WhenIdleAsync().IsCompleted;

    public async Task WhenIdleAsync()
    {
        foreach (var partition in Partitions)
            await partition.Log.WhenIdleAsync();
        await Subscriptions.WhenIdleAsync();
    }
}
