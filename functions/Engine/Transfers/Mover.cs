using Azure;
using Azure.Data.Tables;
using FuncQueue.Engine.Decisions;
using FuncQueue.Engine.Groups;
using FuncQueue.Engine.Payloads;
using FuncQueue.Engine.Queues;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Transfers;

/// <summary>
/// Moves dead letters to another queue, where no transaction reaches: each arrives once at most, and is in one of the two queues, whoever
/// stops at whatever step. (1) A row in the target says that a transfer is open. (2) The dead letters say that they are on their way.
/// (3) One transaction inserts the messages and closes the transfer, If-Match. (4) The dead letters go. (5) The transfer's row goes. From
/// (2) on any process can go on. While dead letters are on their way and the transfer's row is not there, nothing has arrived, nor can it.
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

    /// <summary>Moves dead letters, as they were read with their bodies; those that change meanwhile stay. How many have arrived.</summary>
    public async Task<Outcome<long>> MoveAsync(ShardRuntime from, IReadOnlyList<BatchRow> dead, QueueRuntime target, CancellationToken cancellationToken)
    {
        long moved = 0;
        foreach (var shard in dead.GroupBy(row => ShardFor(row, target)))
        {
            foreach (var part in shard.Chunk(MaxMessages))
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (!(await StartAsync(from, part, target, shard.Key)).TryGetValue(out var arrived, out var failure))
                    return moved > 0 ? QueueEngine.InPart(failure) : failure;
                moved += arrived;
            }
        }

        return moved;
    }

    /// <summary>Ends a transfer that somebody has begun: the dead letters on their way arrive, or are ready again where they are.</summary>
    /// <param name="moving">Read with their bodies.</param>
    /// <param name="target">The queue that the transfer names, as it is now; null: it is gone.</param>
    public async Task<Outcome<long>> FinishAsync(ShardRuntime from, IReadOnlyList<BatchRow> moving, Transfer transfer, QueueRuntime? target)
    {
        if (target is null || target.Table != transfer.Table || transfer.Shard >= target.Shards.Count)
            return await TakeBackAsync(from, moving, transfer);
        var shard = target.Shards[transfer.Shard];
        if (await shard.Activity.EnsureAsync() is { } unmarked)
            return unmarked;
        Dictionary<Guid, Copied>? copies = null;
        for (var attempt = 0; ; attempt++)
        {
            var entity = await shard.Table.ReadEntityAsync(TransferRow.RowKeyOf(transfer.Id), null, CancellationToken.None);
            if (entity is null)
                return await TakeBackAsync(from, moving, transfer);
            var row = TransferRow.Read(entity);
            if (row.IsClosed)
            {
                await RemoveAsync(from, moving, transfer, shard, row);
                return moving.Count;
            }

            if (copies is null)
            {
                var copied = await CopyAsync(moving, target, shard);
                if (!copied.TryGetValue(out copies, out var uncopied))
                    return uncopied;
            }

            var head = target.IsFifo ? await shard.Table.ReadHeadAsync(CancellationToken.None) : null;
            var reborn = Rebirth.Compose(context, moving, shard, target.Settings, head, new MoveOrigin(source.Name, copies.ToDictionary(c => c.Key, c => c.Value.Payload)));
            List<TableTransactionAction> operations =
            [
                .. reborn.Select(ShardTable.Insert),
                .. copies.Values.Select(c => shard.Table.Delete(RowKeys.Upload(c.Payload), c.ETag)),
                .. head is null ? Array.Empty<TableTransactionAction>() : [head.Move(shard.Table.Shard, reborn[^1].SequenceEnd)],
                row.Close(shard.Table.Shard),
            ];
            switch (await shard.Table.CommitAsync(operations))
            {
                case Commit.Done(var etags):
                    Rebirth.Announce(shard, reborn, etags, head);
                    context.Metrics.Sent(target.Name, moving.Count);
                    await RemoveAsync(from, moving, transfer, shard, row with { ETag = etags[^1] });
                    return moving.Count;
                // The transfer's row tells whether it, or another process, has carried this out: of several such writes one can.
                case Commit.Failed({ Kind: FaultKind.Conflict or FaultKind.Uncertain }) when attempt < MaxAttempts:
                    break;
                case Commit.Failed(var fault):
                    return fault.Kind == FaultKind.Uncertain ? fault.ToFailure() : new Failure.StorageUnavailable(fault.RetryAfter);
            }
        }
    }

    /// <summary>Where a dead letter goes: a group's home on FIFO queues, else where this process enqueues.</summary>
    private static ShardRuntime ShardFor(BatchRow row, QueueRuntime target) =>
        target.IsFifo ? target.ShardOfGroup(row.Index.Messages[0].GroupHash) : target.EnqueueShard();

    private async Task<Outcome<long>> StartAsync(ShardRuntime from, IReadOnlyList<BatchRow> dead, QueueRuntime target, ShardRuntime to)
    {
        if (await from.Activity.EnsureAsync() is { } unmarked)
            return unmarked;
        if (await to.Activity.EnsureAsync() is { } unmarkedThere)
            return unmarkedThere;
        var transfer = new Transfer(Guid.NewGuid(), target.Name.Value, target.Table, to.Table.Shard);
        var origin = new TransferSource(source.Name.Value, source.Table, from.Table.Shard, [.. dead.Select(r => r.Key)]);
        // Whether a lost answer means that the row is there does not matter: a sweep removes a transfer that nothing is on its way with.
        if (await to.Table.CommitAsync([TransferRow.Open(to.Table.Shard, transfer.Id, origin, context.Now + RowTime)]) is Commit.Failed(var refused))
            return refused.Kind == FaultKind.TableMissing ? new Failure.QueueNotFound(target.Name) : refused.ToReadFailure();
        if (!(await MarkAsync(from, dead, transfer)).TryGetValue(out var moving, out var failure))
            return failure;
        if (moving.Count == 0)
            return 0L;
        try
        {
            var finished = await FinishAsync(from, moving, transfer, target);
            // They are on their way: whatever stops them here, a sweep goes on.
            return finished.TryGetValue(out var arrived, out var stopped) ? arrived : QueueEngine.InPart(stopped);
        }
        catch (StorageFaultException exception)
        {
            return new Failure.OutcomeUnknown(exception.Fault.RetryAfter);
        }
    }

    /// <summary>Says of the dead letters that they are on their way; those that are, with their new ETags.</summary>
    private async Task<Outcome<IReadOnlyList<BatchRow>>> MarkAsync(ShardRuntime from, IReadOnlyList<BatchRow> dead, Transfer transfer)
    {
        var remaining = dead.ToList();
        for (var attempt = 0; remaining.Count > 0 && attempt < MaxAttempts; attempt++)
        {
            var marked = remaining.ConvertAll(r => r with
            {
                State = [r.State[0] with { Status = SlotStatus.Moving, VisibleAt = context.Now, LeaseId = default }],
                Transfer = transfer,
            });
            switch (await from.Table.CommitAsync(marked.ConvertAll(r => ShardTable.Move(r, r.State, transfer))))
            {
                case Commit.Done(var etags):
                    return marked.Select((r, i) => r with { ETag = etags[i] }).ToArray();
                case Commit.Failed({ Kind: FaultKind.Conflict } fault):
                    // Somebody has it, or it is gone: it is passed over.
                    remaining.RemoveAt(Math.Min(fault.FailedOperation, remaining.Count - 1));
                    break;
                case Commit.Failed({ Kind: FaultKind.Uncertain } fault):
                    var there = await ReadMovingAsync(from, remaining, transfer);
                    // Should the write arrive late, a sweep finds them on their way.
                    return there.Count == remaining.Count ? there.ToArray() : fault.ToFailure();
                case Commit.Failed(var fault):
                    return fault.ToFailure();
            }
        }

        return Array.Empty<BatchRow>();
    }

    private static async Task<List<BatchRow>> ReadMovingAsync(ShardRuntime from, IReadOnlyList<BatchRow> rows, Transfer transfer)
    {
        var now = await Task.WhenAll(rows.Select(r => from.Table.ReadAsync(r.Key, withData: true, CancellationToken.None)));
        return [.. now.OfType<BatchRow>().Where(r => r.State[0].Status == SlotStatus.Moving && r.Transfer?.Id == transfer.Id)];
    }

    /// <summary>They have arrived: they go from here, and their payloads; then nothing is left of the transfer.</summary>
    private async Task RemoveAsync(ShardRuntime from, IReadOnlyList<BatchRow> moving, Transfer transfer, ShardRuntime to, TransferRow row)
    {
        var remaining = moving;
        for (var attempt = 0; remaining.Count > 0; attempt++)
        {
            var operations = remaining.Select(r => from.Table.Delete(r.Key, r.ETag))
                .Concat(remaining.Where(r => r.Index.Messages[0].Payload is not null).Select(r => PayloadRows.Condemn(from.Table.Shard, r.Index.Messages[0].Payload!.Value, context.Now)))
                .ToList();
            if (await from.Table.CommitAsync(operations) is Commit.Done)
                break;
            // Whoever finds them later sees by the closed transfer that they have arrived.
            if (attempt >= MaxAttempts)
                return;
            remaining = await ReadMovingAsync(from, remaining, transfer);
        }

        await to.Table.CommitAsync([to.Table.Delete(row.Key, row.ETag)]);
    }

    /// <summary>They cannot arrive any more: they are ready again where they are.</summary>
    private async Task<Outcome<long>> TakeBackAsync(ShardRuntime from, IReadOnlyList<BatchRow> moving, Transfer transfer)
    {
        for (var attempt = 0; moving.Count > 0 && attempt < MaxAttempts; attempt++)
        {
            if (await from.Table.CommitAsync([.. moving.Select(r => from.Table.Merge(r, [r.State[0] with { Status = SlotStatus.Ready, VisibleAt = context.Now }]))]) is Commit.Done)
                break;
            moving = await ReadMovingAsync(from, moving, transfer);
        }

        return QueueName.TryParse(transfer.Queue, out var name) ? new Failure.QueueNotFound(name) : new Failure.StorageUnavailable(StorageFault.DefaultRetryAfter);
    }

    /// <summary>Copies payloads to the target; each is accounted for there as an upload until the messages arrive.</summary>
    private async Task<Outcome<Dictionary<Guid, Copied>>> CopyAsync(IReadOnlyList<BatchRow> moving, QueueRuntime target, ShardRuntime to)
    {
        var copies = new Dictionary<Guid, Copied>();
        foreach (var row in moving)
        {
            if (row.Index.Messages[0].Payload is not { } payload)
                continue;
            var copy = Guid.NewGuid();
            var announced = await to.Table.CommitAsync(
                [new TableTransactionAction(TableTransactionActionType.Add, PayloadRows.Uploading(to.Table.Shard, copy, context.Now + context.Options.UploadTimeout))]);
            if (announced is not Commit.Done(var etags))
                return ((Commit.Failed)announced).Fault.ToReadFailure();
            await using var body = await source.Payloads.OpenAsync(source.Table, row.Shard, payload, CancellationToken.None);
            // It was purged meanwhile; a sweep collects what was copied.
            if (body is null)
                return new Failure.StorageUnavailable(StorageFault.DefaultRetryAfter);
            await target.Payloads.UploadAsync(target.Table, to.Table.Shard, copy, body, CancellationToken.None);
            copies.Add(payload, new Copied(copy, etags[0]));
        }

        return copies;
    }

    private readonly record struct Copied(Guid Payload, ETag ETag);
}
