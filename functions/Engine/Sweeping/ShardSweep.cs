using Azure;
using Azure.Data.Tables;
using FuncQueue.Engine.Deduplication;
using FuncQueue.Engine.Groups;
using FuncQueue.Engine.Payloads;
using FuncQueue.Engine.Queues;
using FuncQueue.Engine.Shards;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Sweeping;

/// <summary>One visit of a sweep to one shard. What it changes goes through the shard's loop or an If-Match, so it can overlap with anything.</summary>
internal sealed class ShardSweep(EngineContext context, QueueDirectory directory, QueueRuntime queue, ShardRuntime shard, SweepScope scope)
{
    /// <summary>
    /// How long a lock stays after its leases: while it is there, a holder who comes late can prolong all of them, one after the other.
    /// </summary>
    private static readonly TimeSpan LateHolders = TimeSpan.FromMinutes(10);

    private const SweepScope Messages = SweepScope.ExpiredLeases | SweepScope.Poison;

    private readonly TransferSweep transfers = new(context, directory, queue, shard);
    private DateTimeOffset? redeliveryDue;
    private DateTimeOffset? removalDue;
    private DateTimeOffset? storageDue;
    private MessageCounts counts;
    private DateTimeOffset? oldest;
    private int forgotten;

    public SweepReport Report { get; private set; } = new();

    /// <summary>Whether the shard has no row but those that stay for good: a FIFO shard's head, the marks of flights. Known after a sweep of storage, or a visit without a marker.</summary>
    public bool IsEmpty { get; private set; }

    /// <summary>A visit to a shard that no marker tells of: one request when it is empty.</summary>
    public async Task RunUnmarkedAsync(CancellationToken cancellationToken)
    {
        var began = context.Now;
        IsEmpty = await LookWhetherEmptyAsync(cancellationToken);
        if (!IsEmpty)
            await RunAsync(cancellationToken);
        else if ((scope & Messages) != 0)
            context.Metrics.Counted(queue.Name, shard.Table.Shard, new ShardCount(counts, oldest), began);
    }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var messages = scope & Messages;
        if (messages != 0)
        {
            var began = context.Now;
            await TendAsync(MessageSource.Live, RowKeys.AllLive, messages, cancellationToken);
            await TendAsync(MessageSource.DeadLetters, RowKeys.Dead, messages, cancellationToken);
            context.Metrics.Counted(queue.Name, shard.Table.Shard, new ShardCount(counts, oldest), began);
        }

        if (scope.HasFlag(SweepScope.Storage))
        {
            await CollectPayloadsAsync(cancellationToken);
            await ForgetKeysAsync(cancellationToken);
            if (queue.IsFifo)
                await RemoveLocksAsync(cancellationToken);
            var (removed, due) = await transfers.RemoveAsync(cancellationToken);
            forgotten += removed;
            storageDue = SweepDue.Earlier(storageDue, due);
            IsEmpty = await LookWhetherEmptyAsync(cancellationToken);
        }
    }

    /// <summary>From when on each kind of sweep may find something, as far as this visit has seen the shard.</summary>
    public Dictionary<SweepScope, DateTimeOffset> NextDue()
    {
        var due = new Dictionary<SweepScope, DateTimeOffset>();
        if (scope.HasFlag(SweepScope.ExpiredLeases))
            due[SweepScope.ExpiredLeases] = redeliveryDue ?? Registry.ShardMarker.Never;
        if (scope.HasFlag(SweepScope.Poison))
            due[SweepScope.Poison] = removalDue ?? Registry.ShardMarker.Never;
        if (scope.HasFlag(SweepScope.Storage))
            due[SweepScope.Storage] = storageDue ?? Registry.ShardMarker.Never;
        return due;
    }

    /// <summary>Whether this visit changed anything; then what is due next is only known after another.</summary>
    public bool DidSomething => forgotten + Report.Redelivered + Report.DeadLettered + Report.Expired + Report.PayloadsDeleted > 0;

    private async Task<bool> LookWhetherEmptyAsync(CancellationToken cancellationToken)
    {
        // One row more than can stay for good.
        var (rows, last) = await shard.Table.ReadEntitiesAsync(new KeyRange("0", "~"), FlightMark.MaxRows + 2, ["RowKey"], cancellationToken);
        return last is null && rows.All(r => r.RowKey == SequenceHead.RowKey || FlightMark.IsMark(r.RowKey));
    }

    private async Task TendAsync(MessageSource source, KeyRange range, SweepScope messages, CancellationToken cancellationToken)
    {
        var policy = queue.PolicyFor(source);
        for (KeyRange? rest = range; rest is { } part;)
        {
            var began = CachedRow.Stamp();
            var page = await shard.Table.ReadPageAsync(part, ShardTable.MaxPageRows, withData: false, cancellationToken);
            var now = context.Now;
            var (due, moving) = (new List<BatchRow>(), new List<BatchRow>());
            foreach (var row in page.Rows)
            {
                Count(row, policy, now);
                if (SweepDue.IsDue(row, messages, policy, now))
                    due.Add(row);
                if (TransferSweep.DueAt(row) is not { } at)
                    continue;
                removalDue = SweepDue.Earlier(removalDue, at);
                if (at <= now && messages.HasFlag(SweepScope.Poison))
                    moving.Add(row);
            }

            forgotten += await transfers.ResumeAsync(moving, cancellationToken);

            if (due.Count > 0)
            {
                var request = new UpkeepRequest(due, began, messages);
                shard.LoopOf(source).Post(new Work.Upkeep(request));
                var done = await request.Completion.WaitAsync(cancellationToken);
                Report = Report with
                {
                    Redelivered = Report.Redelivered + done.Redelivered,
                    DeadLettered = Report.DeadLettered + done.DeadLettered,
                    Expired = Report.Expired + done.Expired,
                };
            }

            rest = page.LastKey is { } last ? part.After(last) : null;
        }
    }

    private void Count(BatchRow row, Decisions.DeliveryPolicy policy, DateTimeOffset now)
    {
        for (var slot = 0; slot < row.Count; slot++)
        {
            var (state, index) = (row.State[slot], row.Index.Messages[slot]);
            redeliveryDue = SweepDue.Earlier(redeliveryDue, SweepDue.Redelivery(state, index, policy));
            removalDue = SweepDue.Earlier(removalDue, SweepDue.Removal(state, index, policy));
            var status = MessageView.StatusOf(state, index, policy, now);
            counts = counts.Plus(status);
            if (status is MessageStatus.Ready or MessageStatus.Leased)
                oldest = SweepDue.Earlier(oldest, row.Index.EnqueuedAt);
        }
    }

    /// <summary>Deletes the blobs of payload rows whose time has come: first the row is condemned, so that no upload can still finish on it.</summary>
    private async Task CollectPayloadsAsync(CancellationToken cancellationToken)
    {
        for (KeyRange? rest = RowKeys.Payloads; rest is { } part;)
        {
            var (entities, last) = await shard.Table.ReadEntitiesAsync(part, ShardTable.MaxPageRows, null, cancellationToken);
            foreach (var entity in entities)
            {
                var row = PayloadRows.Read(entity);
                if (row.DueAt > context.Now)
                    storageDue = SweepDue.Earlier(storageDue, row.DueAt);
                else
                    await CollectAsync(row, cancellationToken);
            }

            rest = last is null ? null : part.After(last);
        }
    }

    /// <summary>Forgets deduplication keys whose window has ended; one that was replaced meanwhile stays.</summary>
    private async Task ForgetKeysAsync(CancellationToken cancellationToken)
    {
        for (KeyRange? rest = DeduplicationRows.Expiries; rest is { } part;)
        {
            var (entities, last) = await shard.Table.ReadEntitiesAsync(part, ShardTable.MaxPageRows, null, cancellationToken);
            foreach (var entity in entities)
            {
                var (expiresAt, keys) = DeduplicationRows.ReadList(entity);
                // The rows are in the order of their ends; a clock that is ahead must not shorten a window.
                var due = expiresAt + context.Options.ClockSkewBound;
                if (due > context.Now)
                {
                    storageDue = SweepDue.Earlier(storageDue, due);
                    return;
                }

                foreach (var key in keys)
                {
                    var stored = await shard.Table.ReadEntityAsync(DeduplicationRows.RowKey(key), null, cancellationToken);
                    if (stored is not null && DeduplicationRows.Read(stored) is { } remembered && remembered.ExpiresAt <= expiresAt)
                        await shard.Table.CommitAsync([shard.Table.Delete(stored.RowKey, remembered.ETag)]);
                }

                await shard.Table.CommitAsync([shard.Table.Delete(entity.RowKey, ETag.All)]);
                forgotten++;
            }

            rest = last is null ? null : part.After(last);
        }
    }

    /// <summary>Removes the locks of groups none of whose leases has held for a while, unless somebody takes them meanwhile.</summary>
    private async Task RemoveLocksAsync(CancellationToken cancellationToken)
    {
        for (KeyRange? rest = RowKeys.Locks; rest is { } part;)
        {
            var page = await shard.Table.ReadGroupedPageAsync(part, cancellationToken);
            foreach (var held in page.Locks)
            {
                if (held.EndsAt(queue.PolicyFor(MessageSource.Live)) + LateHolders is { } due && due > context.Now)
                    storageDue = SweepDue.Earlier(storageDue, due);
                else if (await shard.Table.CommitAsync([shard.Table.Delete(GroupLockRows.RowKey(held.Group), held.ETag)]) is Commit.Done)
                    forgotten++;
            }

            rest = page.LastKey is { } last ? part.After(last) : null;
        }
    }

    private async Task CollectAsync(PayloadRow row, CancellationToken cancellationToken)
    {
        TableTransactionAction next;
        if (row.Condemned)
        {
            await queue.Payloads.DeleteAsync(queue.Table, shard.Table.Shard, row.Payload, cancellationToken);
            next = shard.Table.Delete(row.Key, row.ETag);
        }
        else
        {
            // The upload may go on: its blob is deleted now and, should it come back, once more after another such time.
            next = PayloadRows.CondemnUpload(shard.Table.Shard, row, context.Now + context.Options.UploadTimeout);
        }

        if (await shard.Table.CommitAsync([next]) is not Commit.Done)
            return;
        if (!row.Condemned)
            await queue.Payloads.DeleteAsync(queue.Table, shard.Table.Shard, row.Payload, cancellationToken);
        Report = Report with { PayloadsDeleted = Report.PayloadsDeleted + 1 };
    }
}
