using FuncQueue.Engine.Storage;
using FuncQueue.Engine.Topics.Records;

namespace FuncQueue.Engine.Topics.Log;

/// <summary>
/// Finds out what became of an append whose answer was lost. As long as the head is as it was, the very same is sent again: of the two at
/// most one can be carried out. Once the head has changed, the row at its offsets is the append's own, or the append never is carried out.
/// </summary>
internal sealed class LostAppend(EngineContext context, ShardTable table, PartitionHead head)
{
    /// <summary>How long it is tried before callers are told that it is not known.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    /// <param name="plan">What was sent.</param>
    /// <param name="fault">How it ended; what was throttled is not sent again, since it is not carried out later.</param>
    /// <param name="send">Sends a transaction.</param>
    public async Task<AppendFate> FindOutAsync(AppendPlan plan, StorageFault fault, Func<Transaction, Task<WriteResult>> send)
    {
        var began = context.Time.GetTimestamp();
        var sentAgain = false;
        for (var pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            try
            {
                if ((await head.ReadAsync()).ETag != plan.Before.ETag)
                    return await IsStoredAsync(plan) ? new AppendFate.Stored() : new AppendFate.Never();
                if (fault.Kind == FaultKind.Throttled && !sentAgain)
                    return new AppendFate.Otherwise(new WriteResult.Failed(fault));
                sentAgain = true;
                switch (await send(plan.Transaction))
                {
                    case WriteResult.Done done:
                        return new AppendFate.Otherwise(done);
                    case WriteResult.Conflict(AppendPlan.HeadMove):
                        // By somebody else, or by the first sending.
                        continue;
                    case WriteResult.Conflict conflict:
                        // What it is over would have stopped the first sending, too, and stops it for good.
                        return new AppendFate.Otherwise(conflict);
                    case WriteResult.Failed({ Kind: FaultKind.TableMissing }) gone:
                        return new AppendFate.Otherwise(gone);
                }
            }
            catch (StorageFaultException exception)
            {
                if (exception.Fault.Kind == FaultKind.TableMissing)
                    return new AppendFate.Otherwise(new WriteResult.Failed(exception.Fault));
            }
            catch (UnsupportedFormatException)
            {
                // A later version has the head now.
                return new AppendFate.Unknown();
            }

            if (context.Time.GetElapsedTime(began) >= Patience)
                return new AppendFate.Unknown();
            await Task.Delay(pause, TimeProvider.System);
        }
    }

    private async Task<bool> IsStoredAsync(AppendPlan plan)
    {
        var entity = await table.ReadEntityAsync(plan.Rows[0].Key, RecordRow.SmallColumns, CancellationToken.None);
        try
        {
            return entity is not null && plan.Stored(RecordRow.Read(table.Shard, entity, withData: false));
        }
        catch (UnsupportedFormatException)
        {
            // Not one that this process wrote.
            return false;
        }
    }
}
