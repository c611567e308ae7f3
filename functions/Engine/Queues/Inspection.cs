using FuncQueue.Engine.Payloads;
using FuncQueue.Engine.Storage;
using FuncQueue.Engine.Sweeping;
using FuncQueue.Engine.Totals;

namespace FuncQueue.Engine.Queues;

/// <summary>Looking at a queue without changing it: counts, peek, single messages, bodies.</summary>
internal sealed class Inspection(EngineContext context, QueueRuntime queue)
{
    public async Task<QueueStatus> CountAsync(TotalsRows totals, CancellationToken cancellationToken)
    {
        var done = totals.ReadAsync(queue.Tally, cancellationToken);
        var parts = await Task.WhenAll(queue.Shards.Select(s => CountAsync(s, cancellationToken)));
        MessageCounts sum = default;
        DateTimeOffset? oldest = null;
        foreach (var part in parts)
        {
            sum = sum.Plus(part.Counts);
            oldest = SweepDue.Earlier(oldest, part.Oldest);
        }

        var age = context.Now - oldest;
        return new QueueStatus
        {
            Queue = queue.Record.Info,
            Counts = sum,
            Totals = await done,
            OldestMessageAge = age < TimeSpan.Zero ? TimeSpan.Zero : age,
        };
    }

    public async Task<long> CountDeadLettersAsync(CancellationToken cancellationToken)
    {
        long sum = 0;
        foreach (var shard in queue.Shards)
            sum += (await CountAsync(shard, MessageSource.DeadLetters, RowKeys.Dead, cancellationToken)).Counts.DeadLettered;
        return sum;
    }

    /// <summary>The message, its row and its place; null when it is not in the queue any more.</summary>
    public async Task<(StoredMessage Message, Guid? Payload)?> FindAsync(MessageId id, CancellationToken cancellationToken)
    {
        if (!MessageLocation.TryParse(id, out var location) || location.Shard >= queue.Shards.Count)
            return null;
        var table = queue.Shards[location.Shard].Table;
        // Born there; moved once at most, and never back: so this order does not miss it.
        return Pick(await table.ReadAsync(location.Row.Key, withData: true, cancellationToken), location.Index, MessageSource.Live)
            ?? Pick(
                await table.ReadAsync(RowKeys.DeadLetter(location.Row.Key, location.Index), withData: true, cancellationToken),
                0,
                MessageSource.DeadLetters
            );
    }

    /// <summary>The body of a message, also of one that a dequeue deleted a short while ago; null when there is none.</summary>
    public async Task<OpenedBody?> OpenBodyAsync(MessageId id, CancellationToken cancellationToken)
    {
        if (!MessageLocation.TryParse(id, out var location) || location.Shard >= queue.Shards.Count)
            return null;
        if (await FindAsync(id, cancellationToken) is { } found)
        {
            if (found.Message.Body is { } bytes)
                return new OpenedBody(new MemoryStream(bytes.ToArray(), writable: false), bytes.Length, found.Message.ContentType);
            if (await queue.Payloads.OpenAsync(queue.Table, location.Shard, found.Payload!.Value, cancellationToken) is { } content)
                return new OpenedBody(content, found.Message.BodyLength, found.Message.ContentType);
        }

        var entity = await queue.Shards[location.Shard].Table.ReadEntityAsync(RowKeys.Retained(id), null, cancellationToken);
        if (entity is null)
            return null;
        var retained = PayloadRows.Read(entity);
        return await queue.Payloads.OpenAsync(queue.Table, location.Shard, retained.Payload, cancellationToken) is { } kept
            ? new OpenedBody(kept, retained.Length, retained.ContentType ?? "application/octet-stream")
            : null;
    }

    private (StoredMessage Message, Guid? Payload)? Pick(BatchRow? row, int slot, MessageSource source)
    {
        if (row is null || slot >= row.Count)
            return null;
        var (state, index) = (row.State[slot], row.Index.Messages[slot]);
        return MessageView.StatusOf(state, index, queue.PolicyFor(source), context.Now) is { } status
            ? (
                MessageView.Of(row, slot, MessageView.AsSeen(state, index, queue.PolicyFor(source), context.Now), status, queue.IsFifo),
                index.Payload
            )
            : null;
    }

    private async Task<ShardCount> CountAsync(ShardRuntime shard, CancellationToken cancellationToken)
    {
        var live = await CountAsync(shard, MessageSource.Live, RowKeys.AllLive, cancellationToken);
        var dead = await CountAsync(shard, MessageSource.DeadLetters, RowKeys.Dead, cancellationToken);
        return live with { Counts = live.Counts with { DeadLettered = dead.Counts.DeadLettered } };
    }

    private async Task<ShardCount> CountAsync(ShardRuntime shard, MessageSource source, KeyRange range, CancellationToken cancellationToken)
    {
        var policy = queue.PolicyFor(source);
        MessageCounts counts = default;
        DateTimeOffset? oldest = null;
        for (KeyRange? rest = range; rest is { } part; )
        {
            var page = await shard.Table.ReadPageAsync(part, ShardTable.MaxPageRows, withData: false, cancellationToken);
            var now = context.Now;
            foreach (var row in page.Rows)
            {
                for (var slot = 0; slot < row.Count; slot++)
                {
                    var status = MessageView.StatusOf(row.State[slot], row.Index.Messages[slot], policy, now);
                    counts = counts.Plus(status);
                    if (status is MessageStatus.Ready or MessageStatus.Leased)
                        oldest = SweepDue.Earlier(oldest, row.Index.EnqueuedAt);
                }
            }

            rest = page.LastKey is { } last ? part.After(last) : null;
        }

        return new ShardCount(counts, oldest);
    }
}
