using FuncQueue.Engine.Topics.Log;
using FuncQueue.Engine.Topics.Records;

namespace FuncQueue.Engine.Topics.Calls;

/// <summary>What a producer is told that sends again what is stored already.</summary>
internal sealed class Repeats(TopicRuntime topic, int partition)
{
    /// <summary>What one number stands for; <see cref="Failure.OffsetExpired"/> when that was so long ago that it is not known.</summary>
    public async Task<Outcome<Published>> FindAsync(ProducerState state, long sequence, CancellationToken cancellationToken)
    {
        if (state.Find(sequence) is not { } run)
            return new Failure.OffsetExpired(state.Runs[0].Offset);
        var offset = run.Offset + sequence - run.Sequence;
        var id = RecordId.Of(topic.TableHash, partition, offset);
        // The record tells all; where it is gone, what is known of it.
        return (await topic.Partitions[partition].Reading.FindAsync(offset, cancellationToken)).TryGetValue(out var record, out _)
            ? new Published(id, partition, offset, record.PublishedAt, record.Subscriptions.Count, Duplicate: true)
            : new Published(id, partition, offset, run.PublishedAt, 0, Duplicate: true);
    }

    /// <summary>Tells what is stored of a batch, and stores the rest of it, together or not at all.</summary>
    public async Task<Outcome<IReadOnlyList<Published>>> GoOnAsync(
        ProducerState state,
        PendingAppend batch,
        CancellationToken cancellationToken
    )
    {
        var told = new List<Published>();
        while (true)
        {
            var stamp = batch.Producer!;
            var repeated = (int)Math.Min(batch.Records.Count, state.Last - stamp.Sequence + 1);
            for (var i = 0; i < repeated; i++)
            {
                if (!(await FindAsync(state, stamp.Sequence + i, cancellationToken)).TryGetValue(out var one, out var unknown))
                    return unknown;
                told.Add(one);
            }

            if (repeated == batch.Records.Count)
                return told.ToArray();
            batch = new PendingAppend
            {
                Records = [.. batch.Records.Skip(repeated)],
                Producer = stamp with { Sequence = stamp.Sequence + repeated },
            }.Measured();
            if ((await topic.Partitions[partition].Appends.AppendAsync(batch)).TryGetValue(out var appended, out var failure))
            {
                told.AddRange(appended.Matched.Select((_, i) => Publishing.View(topic, partition, appended, i)));
                return told.ToArray();
            }

            if (failure is not Failure.Repeated(var now))
                return failure;
            state = now;
        }
    }
}
