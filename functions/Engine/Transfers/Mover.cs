using Azure.Data.Tables;
using FuncQueue.Engine.Decisions;
using FuncQueue.Engine.Groups;
using FuncQueue.Engine.Payloads;
using FuncQueue.Engine.Queues;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Transfers;

/// <summary>
/// Moves dead letters to another queue, where no transaction reaches: each arrives once at most, and is in one of the two queues, whoever
/// stops at whatever step. (1) A row in the target says that a transfer is open. (2) The dead letters say that they are on their way. (3)
/// One transaction inserts the messages and closes the transfer, If-Match. (4) The dead letters go. (5) The transfer's row goes. From (2)
/// on any process can go on; one that finishes what another began leaves (5) to it, or to a sweep. While dead letters are on their way and
/// the transfer's row is not there, nothing has arrived, nor can it.
/// </summary>
internal sealed class Mover(EngineContext context, QueueRuntime source)
{
    /// <summary>Dead letters that a sweep finds on their way for so long were left by a process that has stopped.</summary>
    public static readonly TimeSpan ResumeAfter = TimeSpan.FromMinutes(1);

    /// <summary>Most dead letters of a transfer: with their payloads they fit each of its transactions.</summary>
    private const int MaxMessages = 32;

    private const int MaxAttempts = 10;

    /// <summary>How long a transfer's row is left alone by sweeps of the target.</summary>
    private static readonly TimeSpan RowTime = TimeSpan.FromHours(1);

    /// <summary>Moves dead letters, as they were read with their bodies; those that change meanwhile stay.</summary>
    public async Task<Outcome<Moved>> MoveAsync(
        ShardRuntime from,
        IReadOnlyList<BatchRow> dead,
        QueueRuntime target,
        CancellationToken cancellationToken
    )
    {
        var moved = new List<Moved>();
        foreach (var shard in dead.GroupBy(row => ShardFor(row, target)))
        {
            foreach (var part in shard.Chunk(MaxMessages))
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (!(await StartAsync(from, part, target, shard.Key, edit: null)).TryGetValue(out var arrived, out var failure))
                    return moved.Exists(m => m.Count > 0) ? QueueCalls.InPart(failure) : failure;
                moved.Add(arrived);
            }
        }

        return new Moved(moved.Sum(m => m.Count), [.. moved.SelectMany(m => m.Ids)]);
    }

    /// <summary>As above, one dead letter into a shard of the target.</summary>
    /// <param name="edit">
    /// As what it is to arrive; null: as what it is. A payload of it was uploaded to that shard, and is accounted for there.
    /// </param>
    public Task<Outcome<Moved>> MoveAsync(ShardRuntime from, BatchRow dead, QueueRuntime target, ShardRuntime to, MessageEdit? edit) =>
        StartAsync(from, [dead], target, to, edit);

    /// <summary>Ends a transfer that somebody has begun: the dead letters on their way arrive, or are ready again where they are.</summary>
    /// <param name="moving">Read with their bodies.</param>
    /// <param name="target">The queue that the transfer names, as it is now; null: it is gone.</param>
    /// <param name="own">
    /// Whether this process has begun it. Else the transfer's row is left for who has, to learn by it what has become of it.
    /// </param>
    public async Task<Outcome<Moved>> FinishAsync(
        ShardRuntime from,
        IReadOnlyList<BatchRow> moving,
        Transfer transfer,
        QueueRuntime? target,
        bool own
    )
    {
        if (target is null || target.Table != transfer.Table || transfer.Shard >= target.Shards.Count)
            return await TakeBackAsync(from, moving, transfer, new Failure.QueueNotFound(NameOf(transfer)));
        var shard = target.Shards[transfer.Shard];
        if (await shard.Activity.EnsureAsync() is { } unmarked)
            return unmarked;
        var payloads = new TransferPayloads(context, source, target, shard);
        Dictionary<Guid, CopiedPayload>? copies = null;
        var uploadIsGone = false;
        for (var attempt = 0; ; attempt++)
        {
            var entity = await shard.Table.ReadEntityAsync(TransferRow.RowKeyOf(transfer.Id), null, CancellationToken.None);
            var row = entity is null ? null : TransferRow.Read(entity);
            // Whether this process or another one has inserted the messages, with this attempt or with one before.
            var fate = LostWrite.FateOf([(MoveSight.OfClosed(row), attempt)]);
            if (row is not null && fate == Fate.CarriedOut)
            {
                await RemoveAsync(from, moving, transfer, own ? shard : null, row);
                return new Moved(moving.Count, row.Arrived);
            }

            if (row is null || uploadIsGone || transfer.IsEdited != row.Edit is not null)
                return await TakeBackAsync(from, moving, transfer, new Failure.StorageUnavailable(StorageFault.DefaultRetryAfter));
            var arriving = row.Edit is { } edit ? [edit.ApplyTo(moving[0])] : moving;
            if (copies is null)
            {
                if (!(await payloads.TakeAsync(moving, row.Edit)).TryGetValue(out copies, out var uncopied))
                    return uncopied;
                // An upload that is gone is a message's, or was given up; the row, looked at after it, tells.
                uploadIsGone = copies is null;
                if (copies is null)
                    continue;
            }

            var head = target.IsFifo ? await shard.Table.ReadHeadAsync(CancellationToken.None) : null;
            var reborn = Rebirth.Compose(
                context,
                arriving,
                shard,
                target.Settings,
                head,
                new MoveOrigin(source.Name, copies.ToDictionary(c => c.Key, c => c.Value.Payload))
            );
            switch (await shard.Table.CommitAsync(ArrivalOf(shard.Table, reborn, copies.Values, head, row)))
            {
                case Commit.Done(var etags):
                    Rebirth.Announce(shard, reborn, etags, head);
                    Arrived(from, shard, target.Name, moving.Count);
                    await RemoveAsync(from, moving, transfer, own ? shard : null, row with { ETag = etags[^1] });
                    return new Moved(moving.Count, Rebirth.IdsOf(reborn));
                // The transfer's row tells; of several such writes one can be carried out.
                case Commit.Failed(var fault) when attempt < MaxAttempts && (fault.MayHaveHappened || fault.Kind == FaultKind.Conflict):
                    break;
                case Commit.Failed(var fault):
                    return fault.MayHaveHappened
                        ? new Failure.OutcomeUnknown(fault.RetryAfter)
                        : new Failure.StorageUnavailable(fault.RetryAfter);
            }
        }
    }

    private void Arrived(ShardRuntime from, ShardRuntime to, QueueName target, int messages)
    {
        context.Metrics.Sent(target, messages);
        context.Metrics.Tallies.Changed(target, to.Table.Shard, new MessageCounts(Ready: messages, 0, 0, 0), context.Now);
        context.Metrics.Tallies.Changed(source.Name, from.Table.Shard, new MessageCounts(0, 0, 0, DeadLettered: -messages), context.Now);
    }

    /// <summary>What is carried out together when messages arrive.</summary>
    private static List<TableTransactionAction> ArrivalOf(
        ShardTable table,
        List<BatchRow> reborn,
        IEnumerable<CopiedPayload> copies,
        SequenceHead? head,
        TransferRow row
    ) =>
        [
            .. reborn.Select(ShardTable.Insert),
            .. copies.Select(c => table.Delete(RowKeys.Upload(c.Payload), c.ETag)),
            .. head is null ? Array.Empty<TableTransactionAction>() : [head.Move(table.Shard, reborn[^1].SequenceEnd)],
            row.Close(table.Shard, Rebirth.IdsOf(reborn)),
        ];

    /// <summary>Where a dead letter goes: a group's home on FIFO queues, else where this process enqueues.</summary>
    public static ShardRuntime ShardFor(BatchRow row, QueueRuntime target) =>
        target.IsFifo ? target.ShardOfGroup(row.Index.Messages[0].GroupHash) : target.EnqueueShard();

    private async Task<Outcome<Moved>> StartAsync(
        ShardRuntime from,
        IReadOnlyList<BatchRow> dead,
        QueueRuntime target,
        ShardRuntime to,
        MessageEdit? edit
    )
    {
        if (await from.Activity.EnsureAsync() is { } unmarked)
            return unmarked;
        if (await to.Activity.EnsureAsync() is { } unmarkedThere)
            return unmarkedThere;
        var transfer = new Transfer(Guid.NewGuid(), target.Name.Value, target.Table, to.Table.Shard) { IsEdited = edit is not null };
        var origin = new TransferSource(source.Name.Value, source.Table, from.Table.Shard, [.. dead.Select(r => r.Key)]);
        // Whether a lost answer means that the row is there does not matter: a sweep removes a transfer that nothing is on its way with.
        if (
            await to.Table.CommitAsync([TransferRow.Open(to.Table.Shard, transfer.Id, origin, edit, context.Now + RowTime)])
            is Commit.Failed(var refused)
        )
            return refused.Kind == FaultKind.TableMissing ? new Failure.QueueNotFound(target.Name) : refused.ToReadFailure();
        if (!(await new MovingMark(context, from.Table, transfer).WriteAsync(dead)).TryGetValue(out var moving, out var failure))
            return failure;
        if (moving.Count == 0)
            return Moved.Nothing;
        try
        {
            var finished = await FinishAsync(from, moving, transfer, target, own: true);
            // They are on their way: whatever stops them here, a sweep goes on.
            return finished.TryGetValue(out var arrived, out var stopped) ? arrived : QueueCalls.InPart(stopped);
        }
        catch (StorageFaultException exception)
        {
            return new Failure.OutcomeUnknown(exception.Fault.RetryAfter);
        }
    }

    /// <summary>
    /// They have arrived: they go from here, and their payloads; then the transfer's row, unless it is to be left to a sweep of where it
    /// is.
    /// </summary>
    private async Task RemoveAsync(ShardRuntime from, IReadOnlyList<BatchRow> moving, Transfer transfer, ShardRuntime? to, TransferRow row)
    {
        var remaining = moving;
        for (var attempt = 0; remaining.Count > 0; attempt++)
        {
            var operations = remaining
                .Select(r => from.Table.Delete(r.Key, r.ETag))
                .Concat(
                    remaining
                        .Where(r => r.Index.Messages[0].Payload is not null)
                        .Select(r => PayloadRows.Condemn(from.Table.Shard, r.Index.Messages[0].Payload!.Value, context.Now))
                )
                .ToList();
            if (await from.Table.CommitAsync(operations) is Commit.Done)
                break;
            // Whoever finds them later sees by the closed transfer that they have arrived.
            if (attempt >= MaxAttempts)
                return;
            remaining = await MovingMark.ReadAsync(from.Table, remaining, transfer);
        }

        if (to is not null)
            await to.Table.CommitAsync([to.Table.Delete(row.Key, row.ETag)]);
    }

    /// <summary>
    /// They cannot arrive any more: they are ready again where they are. Those that are gone may have been moved by a process that finished
    /// the transfer so long ago that its row is gone, too.
    /// </summary>
    private async Task<Outcome<Moved>> TakeBackAsync(ShardRuntime from, IReadOnlyList<BatchRow> moving, Transfer transfer, Failure notMoved)
    {
        var remaining = moving;
        for (var attempt = 0; remaining.Count > 0 && attempt < MaxAttempts; attempt++)
        {
            if (
                await from.Table.CommitAsync([
                    .. remaining.Select(r => from.Table.Merge(r, [r.State[0] with { Status = SlotStatus.Ready, VisibleAt = context.Now }])),
                ]) is Commit.Done
            )
                return notMoved;
            remaining = await MovingMark.ReadAsync(from.Table, remaining, transfer);
        }

        return await LostMove.OfRemovalAsync(from.Table, moving) is Fate.Void or Fate.Adrift
            ? notMoved
            : new Failure.OutcomeUnknown(StorageFault.DefaultRetryAfter);
    }

    private static QueueName NameOf(Transfer transfer) =>
        QueueName.TryParse(transfer.Queue, out var name)
            ? name
            : throw new UnsupportedFormatException($"A transfer goes to a queue of the impossible name {transfer.Queue}.");
}
