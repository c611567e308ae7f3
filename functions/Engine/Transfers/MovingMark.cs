using FuncQueue.Engine.Decisions;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Transfers;

/// <summary>Says of dead letters of a shard that they are on their way with a transfer.</summary>
internal sealed class MovingMark(EngineContext context, ShardTable table, Transfer transfer)
{
    private const int MaxAttempts = 10;

    /// <summary>Says of the dead letters that they are on their way; those that are, with their new ETags.</summary>
    public async Task<Outcome<IReadOnlyList<BatchRow>>> WriteAsync(IReadOnlyList<BatchRow> dead)
    {
        var remaining = dead.ToList();
        for (var attempt = 0; remaining.Count > 0 && attempt < MaxAttempts; attempt++)
        {
            var marked = remaining.ConvertAll(r =>
                r with
                {
                    State = [r.State[0] with { Status = SlotStatus.Moving, VisibleAt = context.Now, LeaseId = default }],
                    Transfer = transfer,
                }
            );
            switch (await table.CommitAsync(marked.ConvertAll(r => ShardTable.Move(r, r.State, transfer))))
            {
                case Commit.Done(var etags):
                    return marked.Select((r, i) => r with { ETag = etags[i] }).ToArray();
                case Commit.Failed({ Kind: FaultKind.Conflict } fault):
                    // Somebody has it, or it is gone: it is passed over.
                    remaining.RemoveAt(Math.Min(fault.FailedOperation, remaining.Count - 1));
                    break;
                case Commit.Failed({ MayHaveHappened: true } fault):
                    return await WrittenAsync(remaining, fault);
                case Commit.Failed(var fault):
                    return fault.ToFailure();
            }
        }

        return Array.Empty<BatchRow>();
    }

    /// <summary>What became of dead letters whose mark was refused or got no answer.</summary>
    private async Task<Outcome<IReadOnlyList<BatchRow>>> WrittenAsync(List<BatchRow> marked, StorageFault fault)
    {
        try
        {
            switch (await LostMove.OfMarkAsync(table, marked, transfer.Id))
            {
                case Fate.CarriedOut:
                    // Those that are not on their way any more have been seen to by others, nobody knows how.
                    var there = await ReadAsync(table, marked, transfer);
                    return there.Count == marked.Count ? there : new Failure.OutcomeUnknown(fault.RetryAfter);
                case Fate.Void:
                    return new Failure.StorageUnavailable(fault.RetryAfter);
                // Refused, it will not arrive later; else it may, and a sweep then finds them on their way.
                case Fate.Adrift:
                    return fault.ToFailure();
            }
        }
        catch (StorageFaultException)
        {
            // They are on their way, and a sweep finds them.
        }

        return new Failure.OutcomeUnknown(fault.RetryAfter);
    }

    /// <summary>Those of these rows that are on their way with the transfer, with their bodies.</summary>
    public static async Task<List<BatchRow>> ReadAsync(ShardTable table, IReadOnlyList<BatchRow> rows, Transfer transfer)
    {
        var now = await Task.WhenAll(rows.Select(r => table.ReadAsync(r.Key, withData: true, CancellationToken.None)));
        return [.. now.OfType<BatchRow>().Where(r => r.State[0].Status == SlotStatus.Moving && r.Transfer?.Id == transfer.Id)];
    }
}
