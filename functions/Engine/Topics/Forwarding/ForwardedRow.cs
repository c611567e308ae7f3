using FuncQueue.Engine.Topics.Records;

namespace FuncQueue.Engine.Topics.Forwarding;

/// <summary>
/// A row of records on its way to those who subscribe: what it becomes in a queue is made once for all of them. Thread-safe.
/// </summary>
internal sealed class ForwardedRow(RecordRow row, ForwardedTopic topic)
{
    private readonly Lazy<ForwardedRecord[]> records = new(() => Read(row, topic));

    public long First => row.First;

    public long Last => row.Last;

    public int Bytes => 2 * row.ApproximateBytes;

    /// <summary>What was appended together, with the sets of subscriptions that take it.</summary>
    public IReadOnlyList<RecordRun> Runs => row.Index.Runs;

    public IReadOnlyList<ForwardedRecord> Records => records.Value;

    private static ForwardedRecord[] Read(RecordRow row, ForwardedTopic topic) =>
        [
            .. row.ReadFrom(0)
                .Select(r =>
                {
                    var run = row.Index.RunOf(r.Entry);
                    var content = RecordCodec.Decode(r.Encoded);
                    var source = new TopicSource(topic.Name, row.Partition, r.Entry.Offset, content.RoutingKey);
                    var id = RecordId.Of(topic.TableHash, row.Partition, r.Entry.Offset).ToGuid();
                    var stamp = new RecordStamp(id, run.PublishedAt, "");
                    return new ForwardedRecord(r.Entry, run.RoutedBy, run.Sets[r.Entry.Set], content, source, stamp);
                }),
        ];
}

/// <summary>What records on their way tell of their topic: its name, and what stands for its table in their ids.</summary>
internal sealed record ForwardedTopic(string Name, ulong TableHash)
{
    public static ForwardedTopic Of(TopicName topic, string table) => new(topic.Value, RecordId.HashOf(table));
}
