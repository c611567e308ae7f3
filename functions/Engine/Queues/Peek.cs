using System.Globalization;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Queues;

/// <summary>
/// Shows the messages of one status, oldest first, whatever their priority. Rows are scanned without their bodies, which are read for those
/// that have something to show: many rows may have nothing.
/// </summary>
internal sealed class Peek(EngineContext context, QueueRuntime queue)
{
    /// <summary>Rows of the first page, which mostly suffices.</summary>
    private const int FirstRows = 256;

    /// <summary>Most rows read at once with their bodies: up to 256 KiB each.</summary>
    private const int BodiesAtOnce = 16;

    private const int MaxAttempts = 5;

    /// <summary>The next messages of a status after <paramref name="after"/>, by age over all shards, or by due instant.</summary>
    public async Task<MessagePage> ReadAsync(
        MessageStatus status,
        int maxMessages,
        PeekPosition? after,
        CancellationToken cancellationToken
    )
    {
        var parts = await Task.WhenAll(queue.Shards.Select(s => ReadAsync(s, status, maxMessages, after, cancellationToken)));
        var merged = parts.SelectMany(p => p).OrderBy(m => m.Position).ToList();
        var page = merged.Take(maxMessages).ToList();
        return new MessagePage([.. page.Select(m => m.Message)], merged.Count >= maxMessages ? page[^1].Position.Encode() : null);
    }

    private async Task<List<(PeekPosition Position, StoredMessage Message)>> ReadAsync(
        ShardRuntime shard,
        MessageStatus wanted,
        int maxMessages,
        PeekPosition? after,
        CancellationToken cancellationToken
    )
    {
        var policy = queue.PolicyFor(wanted == MessageStatus.DeadLettered ? MessageSource.DeadLetters : MessageSource.Live);
        for (var attempt = 1; ; attempt++)
        {
            var shown = new List<(PeekPosition, StoredMessage)>();
            var (found, messages) = await FindAsync(shard, wanted, maxMessages, after, row => Slots(row).Count(), cancellationToken);
            foreach (var chunk in found.Chunk(BodiesAtOnce))
            {
                foreach (var row in await ReadBodiesAsync(shard.Table, chunk, cancellationToken))
                {
                    foreach (var slot in Slots(row))
                    {
                        var state = MessageView.AsSeen(row.State[slot], row.Index.Messages[slot], policy, context.Now);
                        var message = MessageView.Of(row, slot, state, wanted, queue.IsFifo);
                        shown.Add((new PeekPosition(row.Key, shard.Table.Shard, slot), message));
                    }
                }
            }

            // What was taken between the two reads is not to pass for the end of the queue.
            if (shown.Count >= Math.Min(messages, maxMessages) || attempt == MaxAttempts)
                return shown;
        }

        IEnumerable<int> Slots(BatchRow row) =>
            Enumerable
                .Range(0, row.Count)
                .Where(slot =>
                    new PeekPosition(row.Key, shard.Table.Shard, slot).CompareTo(after) > 0
                    && MessageView.StatusOf(row.State[slot], row.Index.Messages[slot], policy, context.Now) == wanted
                );
    }

    /// <summary>
    /// The rows that have something to show, and how many messages. They are in the order of their ages lane by lane, so of each lane,
    /// those that were held back being one more, as many as there are messages wanted; then the rest of the lane is left out.
    /// </summary>
    private async Task<(List<string> Keys, int Messages)> FindAsync(
        ShardRuntime shard,
        MessageStatus wanted,
        int maxMessages,
        PeekPosition? after,
        Func<BatchRow, int> count,
        CancellationToken cancellationToken
    )
    {
        var found = new List<string>();
        var (lane, ofLane, messages) = (default(KeyRange), 0, 0);
        var all = RangeOf(wanted);
        // Behind a position mostly no lane begins where the scan does: a row tells which is next.
        var rows = after is null ? FirstRows : 1;
        for (KeyRange? rest = all; rest is { } part; rows = rows == 1 ? FirstRows : ShardTable.MaxPageRows)
        {
            var page = await shard.Table.ReadPageAsync(part, rows, withData: false, cancellationToken);
            rest = page.LastKey is { } last ? part.After(last) : null;
            foreach (var row in page.Rows)
            {
                if (!lane.Contains(row.Key))
                    (lane, ofLane) = (LaneOf(row.Key), 0);
                if (count(row) is > 0 and var more && ofLane < maxMessages)
                {
                    ofLane += more;
                    messages += more;
                    found.Add(row.Key);
                }
            }

            if (rest is null || page.Rows.Count == 0)
                continue;
            // What remains of this lane may be nothing that is wanted, or not yet.
            var next = ofLane >= maxMessages ? lane.To : Start(lane, after);
            if (string.CompareOrdinal(next, rest.Value.From) > 0)
                rest = string.CompareOrdinal(next, all.To) < 0 ? all with { From = next } : null;
        }

        return (found, messages);
    }

    private KeyRange RangeOf(MessageStatus wanted) =>
        wanted switch
        {
            MessageStatus.DeadLettered => RowKeys.Dead,
            MessageStatus.Scheduled => RowKeys.AllLive,
            _ => RowKeys.Live(context.Now),
        };

    /// <summary>The keys in which a row's lane lies.</summary>
    private static KeyRange LaneOf(string key)
    {
        var prefix = key[..(key[0] == 'd' ? 1 : 0)];
        var kind = key[prefix.Length];
        return kind == 'm' && key[prefix.Length + 1] < '9'
                ? new KeyRange($"{prefix}m{key[prefix.Length + 1]}", $"{prefix}m{(char)(key[prefix.Length + 1] + 1)}")
            : kind == 'm' ? new KeyRange($"{prefix}m9", $"{prefix}n")
            : new KeyRange($"{prefix}s", $"{prefix}t");
    }

    /// <summary>Where the rows of a lane begin that are not older than a position.</summary>
    private static string Start(KeyRange lane, PeekPosition? after) =>
        after is { } position ? string.Create(CultureInfo.InvariantCulture, $"{lane.From}{position.Age:x14}") : lane.From;

    /// <summary>Reads rows with their bodies: those that were found next to each other, or nearly, in one query.</summary>
    private static async Task<IEnumerable<BatchRow>> ReadBodiesAsync(ShardTable table, string[] keys, CancellationToken cancellationToken)
    {
        var page = await table.ReadPageAsync(new KeyRange(keys[0], keys[^1] + "!"), keys.Length, withData: true, cancellationToken);
        var read = page.Rows.ToDictionary(r => r.Key, StringComparer.Ordinal);
        var missing = keys.Where(k => !read.ContainsKey(k) && page.LastKey is { } last && string.CompareOrdinal(k, last) > 0).ToList();
        foreach (var row in await Task.WhenAll(missing.Select(key => table.ReadAsync(key, withData: true, cancellationToken))))
        {
            if (row is not null)
                read.Add(row.Key, row);
        }

        return keys.Where(read.ContainsKey).Select(k => read[k]);
    }
}
