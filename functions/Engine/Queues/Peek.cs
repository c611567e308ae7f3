using System.Globalization;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Queues;

/// <summary>Looks at the messages of one status, oldest first, whatever their priority.</summary>
internal sealed class Peek(EngineContext context, QueueRuntime queue)
{
    /// <summary>Rows read at a time with their bodies: up to 256 KiB each.</summary>
    private const int RowsAtOnce = 16;

    /// <summary>The next messages of a status after <paramref name="after"/>, by age over all shards, or by due instant.</summary>
    public async Task<MessagePage> ReadAsync(MessageStatus status, int maxMessages, PeekPosition? after, CancellationToken cancellationToken)
    {
        var parts = await Task.WhenAll(queue.Shards.Select(s => ReadAsync(s, status, maxMessages, after, cancellationToken)));
        var merged = parts.SelectMany(p => p).OrderBy(m => m.Position).ToList();
        var page = merged.Take(maxMessages).ToList();
        return new MessagePage([.. page.Select(m => m.Message)], merged.Count >= maxMessages ? page[^1].Position.Encode() : null);
    }

    private async Task<List<(PeekPosition Position, StoredMessage Message)>> ReadAsync(
        ShardRuntime shard, MessageStatus wanted, int maxMessages, PeekPosition? after, CancellationToken cancellationToken)
    {
        var found = new List<(PeekPosition, StoredMessage)>();
        await foreach (var range in RangesAsync(shard, wanted, cancellationToken))
            found.AddRange(await ReadAsync(shard, From(range, after), wanted, maxMessages, after, cancellationToken));
        return found;
    }

    /// <summary>The ranges of rows that are in the order of their ages: one for each lane that there is, and those that were held back.</summary>
    private async IAsyncEnumerable<KeyRange> RangesAsync(
        ShardRuntime shard, MessageStatus wanted, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var prefix = wanted == MessageStatus.DeadLettered ? RowKeys.Dead.From : "";
        for (var lane = 0; lane <= Limits.MaxPriority; lane++)
        {
            // Most queues know one priority: its lane is the last, and the only look.
            var (first, _) = await shard.Table.ReadEntitiesAsync(new KeyRange($"{prefix}m{lane}", $"{prefix}n"), 1, ["RowKey"], cancellationToken);
            if (first.Count == 0)
                break;
            lane = first[0].RowKey[prefix.Length + 1] - '0';
            yield return new KeyRange($"{prefix}m{lane}", lane == Limits.MaxPriority ? $"{prefix}n" : $"{prefix}m{lane + 1}");
        }

        yield return wanted switch
        {
            MessageStatus.DeadLettered => new KeyRange($"{prefix}s", RowKeys.Dead.To),
            MessageStatus.Scheduled => new KeyRange("s", RowKeys.AllLive.To),
            _ => new KeyRange("s", RowKeys.Live(context.Now).To),
        };
    }

    /// <summary>The part of a range that is not younger than a position.</summary>
    private static KeyRange From(KeyRange range, PeekPosition? after)
    {
        if (after is not { } position)
            return range;
        var from = string.Create(CultureInfo.InvariantCulture, $"{range.From}{position.Age:x14}");
        return string.CompareOrdinal(from, range.To) < 0 ? range with { From = from } : range with { From = range.To };
    }

    private async Task<List<(PeekPosition Position, StoredMessage Message)>> ReadAsync(
        ShardRuntime shard, KeyRange range, MessageStatus wanted, int maxMessages, PeekPosition? after, CancellationToken cancellationToken)
    {
        var found = new List<(PeekPosition, StoredMessage)>();
        var policy = queue.PolicyFor(wanted == MessageStatus.DeadLettered ? MessageSource.DeadLetters : MessageSource.Live);
        // Messages that wait may lie scattered among many that do not: their rows are looked for without bodies.
        var sparse = wanted == MessageStatus.Scheduled;
        for (KeyRange? rest = string.CompareOrdinal(range.From, range.To) < 0 ? range : null; rest is { } part;)
        {
            var page = await shard.Table.ReadPageAsync(part, sparse ? ShardTable.MaxPageRows : RowsAtOnce, withData: !sparse, cancellationToken);
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
}
