using FuncQueue.Engine.Decisions;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Queues;

/// <summary>What a purge or a redrive would concern: counts, shows a few, changes nothing.</summary>
internal sealed class Preview(EngineContext context, QueueRuntime queue, MessageSource source)
{
    /// <summary>Most rows read at once with their bodies.</summary>
    private const int BodiesAtOnce = 32;

    private readonly List<StoredMessage> examples = [];
    private long matching;

    /// <summary>Of a purge: leased messages, too.</summary>
    public async Task<MessagePreview> OfPurgeAsync(MessageFilter? filter, CancellationToken cancellationToken)
    {
        await ScanAsync(filter, (row, slot) => row.State[slot].Status != SlotStatus.Done, cancellationToken);
        return new MessagePreview(matching, examples);
    }

    /// <summary>Of a redrive of dead letters: those that could be moved now.</summary>
    public async Task<MessagePreview> OfRedriveAsync(RedriveRequest request, CancellationToken cancellationToken)
    {
        if (request.MessageIds is { } ids)
            await LookAsync(ids, cancellationToken);
        else
            await ScanAsync(request.Filter, IsMovable, cancellationToken);
        return new MessagePreview(matching, examples);
    }

    private async Task LookAsync(IReadOnlyList<MessageId> ids, CancellationToken cancellationToken)
    {
        foreach (var id in ids.Distinct())
        {
            if (!MessageLocation.TryParse(id, out var location) || location.Shard >= queue.Shards.Count)
                continue;
            var table = queue.Shards[location.Shard].Table;
            var row = await table.ReadAsync(RowKeys.DeadLetter(location.Row.Key, location.Index), withData: true, cancellationToken);
            if (row is not null && IsMovable(row, 0))
                await CountAsync(table, row, 0, cancellationToken);
        }
    }

    private async Task ScanAsync(MessageFilter? filter, Func<BatchRow, int, bool> isOpen, CancellationToken cancellationToken)
    {
        var withBodies = filter.NeedsBodies(source);
        foreach (var shard in queue.Shards)
        {
            for (KeyRange? rest = source == MessageSource.Live ? RowKeys.AllLive : RowKeys.Dead; rest is { } part; )
            {
                var most = withBodies ? BodiesAtOnce : ShardTable.MaxPageRows;
                var page = await shard.Table.ReadPageAsync(part, most, withBodies, cancellationToken);
                foreach (var row in page.Rows)
                {
                    for (var slot = 0; slot < row.Count; slot++)
                    {
                        if (isOpen(row, slot) && filter.Matches(row, slot, source))
                            await CountAsync(shard.Table, row, slot, cancellationToken);
                    }
                }

                rest = page.LastKey is { } last ? part.After(last) : null;
            }
        }
    }

    private bool IsMovable(BatchRow row, int slot) =>
        DeadLetters.IsMovable(row, slot, queue.PolicyFor(MessageSource.DeadLetters), context.Now);

    private async Task CountAsync(ShardTable table, BatchRow row, int slot, CancellationToken cancellationToken)
    {
        matching++;
        if (examples.Count == Limits.MaxPreviewExamples)
            return;
        var shown = row.Data is null ? await table.ReadAsync(row.Key, withData: true, cancellationToken) : row;
        if (shown is null)
            return;
        var (state, index, policy) = (shown.State[slot], shown.Index.Messages[slot], queue.PolicyFor(source));
        if (MessageView.StatusOf(state, index, policy, context.Now) is { } status)
            examples.Add(MessageView.Of(shown, slot, MessageView.AsSeen(state, index, policy, context.Now), status, queue.IsFifo));
    }
}
