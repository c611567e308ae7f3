using System.Buffers.Text;
using System.Globalization;
using System.Text;
using FuncQueue.Engine.Payloads;
using FuncQueue.Engine.Storage;
using FuncQueue.Engine.Sweeping;

namespace FuncQueue.Engine.Queues;

/// <summary>Looking at a queue without changing it: counts, peek, single messages, bodies.</summary>
internal sealed class Inspection(EngineContext context, QueueRuntime queue)
{
    public async Task<QueueStatus> CountAsync(CancellationToken cancellationToken)
    {
        var parts = await Task.WhenAll(queue.Shards.Select(s => CountAsync(s, cancellationToken)));
        MessageCounts sum = default;
        DateTimeOffset? oldest = null;
        foreach (var part in parts)
        {
            sum = new MessageCounts(
                sum.Ready + part.Counts.Ready,
                sum.Leased + part.Counts.Leased,
                sum.Scheduled + part.Counts.Scheduled,
                sum.DeadLettered + part.Counts.DeadLettered);
            oldest = SweepDue.Earlier(oldest, part.Oldest);
        }

        var age = context.Now - oldest;
        return new QueueStatus { Queue = queue.Record.Info, Counts = sum, OldestMessageAge = age < TimeSpan.Zero ? TimeSpan.Zero : age };
    }

    public async Task<long> CountDeadLettersAsync(CancellationToken cancellationToken)
    {
        long sum = 0;
        foreach (var shard in queue.Shards)
            sum += (await CountAsync(shard, MessageSource.DeadLetters, RowKeys.Dead, cancellationToken)).Counts.DeadLettered;
        return sum;
    }

    /// <summary>The next messages of a status after <paramref name="after"/>, in the order of their row keys over all shards: by priority and age, or by due instant.</summary>
    public async Task<MessagePage> PeekAsync(MessageStatus status, int maxMessages, PeekPosition? after, CancellationToken cancellationToken)
    {
        var parts = await Task.WhenAll(queue.Shards.Select(s => PeekAsync(s, status, maxMessages, after, cancellationToken)));
        var merged = parts.SelectMany(p => p).OrderBy(m => m.Position).ToList();
        var page = merged.Take(maxMessages).ToList();
        return new MessagePage([.. page.Select(m => m.Message)], merged.Count > maxMessages || parts.Any(p => p.Count >= maxMessages) ? page[^1].Position.Encode() : null);
    }

    /// <summary>The message, its row and its place; null when it is not in the queue any more.</summary>
    public async Task<(StoredMessage Message, Guid? Payload)?> FindAsync(MessageId id, CancellationToken cancellationToken)
    {
        if (!MessageLocation.TryParse(id, out var location) || location.Shard >= queue.Shards.Count)
            return null;
        var table = queue.Shards[location.Shard].Table;
        // Born there; moved once at most, and never back: so this order does not miss it.
        return Pick(await table.ReadAsync(location.Row.Key, withData: true, cancellationToken), location.Index, MessageSource.Live)
            ?? Pick(await table.ReadAsync(RowKeys.DeadLetter(location.Row.Key, location.Index), withData: true, cancellationToken), 0, MessageSource.DeadLetters);
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
            ? (MessageView.Of(row, slot, MessageView.AsSeen(state, index, queue.PolicyFor(source), context.Now), status, queue.IsFifo), index.Payload)
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
        for (KeyRange? rest = range; rest is { } part;)
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

    private async Task<List<(PeekPosition Position, StoredMessage Message)>> PeekAsync(
        ShardRuntime shard, MessageStatus wanted, int maxMessages, PeekPosition? after, CancellationToken cancellationToken)
    {
        var found = new List<(PeekPosition, StoredMessage)>();
        var policy = queue.PolicyFor(wanted == MessageStatus.DeadLettered ? MessageSource.DeadLetters : MessageSource.Live);
        var range = wanted switch
        {
            MessageStatus.DeadLettered => RowKeys.Dead,
            MessageStatus.Scheduled => RowKeys.AllLive,
            _ => RowKeys.Live(context.Now),
        };
        if (after is { } position && range.Contains(position.RowKey))
            range = range with { From = position.RowKey };
        // Messages that wait may lie scattered among many that do not: their rows are looked for without bodies.
        var sparse = wanted == MessageStatus.Scheduled;
        for (KeyRange? rest = range; rest is { } part;)
        {
            var page = await shard.Table.ReadPageAsync(part, sparse ? ShardTable.MaxPageRows : PeekRows, withData: !sparse, cancellationToken);
            foreach (var listed in page.Rows)
            {
                if (found.Count >= maxMessages)
                    break;
                var row = listed;
                if (sparse)
                {
                    if (!Slots(listed).Any() || await shard.Table.ReadAsync(listed.Key, withData: true, cancellationToken) is not { } whole)
                        continue;
                    row = whole;
                }

                foreach (var slot in Slots(row).Take(maxMessages - found.Count))
                {
                    var state = MessageView.AsSeen(row.State[slot], row.Index.Messages[slot], policy, context.Now);
                    found.Add((new PeekPosition(row.Key, shard.Table.Shard, slot), MessageView.Of(row, slot, state, wanted, queue.IsFifo)));
                }
            }

            rest = page.LastKey is { } last && found.Count < maxMessages ? part.After(last) : null;
        }

        return found;

        IEnumerable<int> Slots(BatchRow row) => Enumerable.Range(0, row.Count).Where(slot =>
            new PeekPosition(row.Key, shard.Table.Shard, slot).CompareTo(after) > 0
            && MessageView.StatusOf(row.State[slot], row.Index.Messages[slot], policy, context.Now) == wanted);
    }

    /// <summary>Rows read at a time with their bodies: up to 256 KiB each.</summary>
    private const int PeekRows = 16;
}

/// <summary>A place in the order of a peek: by row key over all shards, then shard, then place in the row.</summary>
internal readonly record struct PeekPosition(string RowKey, int Shard, int Slot) : IComparable<PeekPosition>
{
    public int CompareTo(PeekPosition other)
    {
        var order = string.CompareOrdinal(RowKey, other.RowKey);
        if (order == 0)
            order = Shard.CompareTo(other.Shard);
        return order == 0 ? Slot.CompareTo(other.Slot) : order;
    }

    public int CompareTo(PeekPosition? other) => other is { } there ? CompareTo(there) : 1;

    /// <summary>The continuation that callers get.</summary>
    public string Encode() => Base64Url.EncodeToString(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Shard}.{Slot}.{RowKey}")));

    public static bool TryDecode(string text, out PeekPosition position)
    {
        position = default;
        var bytes = new byte[text.Length];
        if (!Base64Url.IsValid(text) || !Base64Url.TryDecodeFromChars(text, bytes, out var length))
            return false;
        var parts = Encoding.ASCII.GetString(bytes, 0, length).Split('.');
        if (parts.Length != 3
            || !int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var shard)
            || !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var slot)
            || !BatchRow.TryParseKey(parts[2], out _, out _))
            return false;
        position = new PeekPosition(parts[2], shard, slot);
        return true;
    }
}
