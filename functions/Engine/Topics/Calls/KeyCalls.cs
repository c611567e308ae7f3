using FuncQueue.Engine.Groups;
using FuncQueue.Engine.Queues;
using FuncQueue.Engine.Storage;
using FuncQueue.Engine.Topics.Compaction;

namespace FuncQueue.Engine.Topics.Calls;

/// <summary>Calls about the keys of a topic that is compacted.</summary>
internal sealed class KeyCalls(TopicCalls calls, KeyIndexes indexes)
{
    /// <summary>The newest record of a key; <see cref="Failure.RecordNotFound"/> when there is none, or it is a tombstone.</summary>
    public Task<Outcome<Record>> FindAsync(TopicName topic, string key, CancellationToken cancellationToken) =>
        calls.RunAsync<Record>(
            "find-key",
            topic,
            async runtime =>
            {
                if (!runtime.Settings.Compact)
                    return new Failure.Invalid([new Fault("topic", "Is not compacted: its keys have no newest record of their own.")]);
                var partition = runtime.Partitions[(int)(GroupHash.Of(key) % (uint)runtime.Partitions.Count)];
                var index = indexes.Of(runtime.Table, partition.Number, partition.Reader);
                var end = (await partition.Reader.ReadHeadAsync(cancellationToken)).Next;
                if (!await index.CatchUpAsync(end, cancellationToken))
                    return new Failure.RecordUnreadable(StorageFault.DefaultRetryAfter);
                if (index.IsFull)
                    return new Failure.Overloaded(StorageFault.DefaultRetryAfter);
                if (index.Find(key) is not { } offset)
                    return new Failure.RecordNotFound();
                var found = await partition.Reading.FindAsync(offset, cancellationToken);
                return found.TryGetValue(out var record, out var failure)
                    ? record.BodyLength > 0
                        ? record
                        : new Failure.RecordNotFound()
                    : failure is Failure.OffsetExpired
                        ? new Failure.RecordNotFound()
                        : failure;
            },
            QueueCalls.Always,
            cancellationToken
        );
}
