using FuncQueue.Engine.Decisions;
using FuncQueue.Engine.Storage;
using FuncQueue.Engine.Topics.Records;

namespace FuncQueue.Engine.Topics.Log;

/// <summary>
/// Finds out what became of an append whose answer was lost: looks, and as long as it may arrive yet, sends the very same again, since of
/// the two at most one can be carried out.
/// </summary>
internal sealed class LostAppend(EngineContext context, ShardTable table, PartitionHead head)
{
    /// <summary>How long it is tried before callers are told that it is not known.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    /// <param name="plan">What was sent.</param>
    /// <param name="sentAt">A timestamp from before.</param>
    /// <param name="fault">How it ended; what was throttled is not sent again, since it is not carried out later.</param>
    /// <param name="send">Sends a transaction.</param>
    public async Task<AppendFate> FindOutAsync(AppendPlan plan, long sentAt, StorageFault fault, Func<Transaction, Task<WriteResult>> send)
    {
        var began = context.Time.GetTimestamp();
        var sentAgain = false;
        for (var pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            try
            {
                switch (LostWrite.FateOf(await LookAsync(plan, sentAt)))
                {
                    case Fate.CarriedOut:
                        return new AppendFate.Stored();
                    case Fate.Void:
                        return new AppendFate.Never();
                    case Fate.Open:
                        return new AppendFate.Unknown();
                }

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

    /// <summary>The head first: the row at its end of before says something only once the head is further.</summary>
    private async Task<List<(Sight Sight, int Look)>> LookAsync(AppendPlan plan, long sentAt)
    {
        var seen = new List<(Sight, int)> { (AppendSight.OfHead(plan.Before, await head.ReadAsync()), 1) };
        if (seen is [(Sight.Changed, _)])
            seen.Add((AppendSight.OfFirstRow(plan.Id, await ReadAppendsAsync(plan), AgeOf(plan, sentAt), context.Options.MinRecordAge), 2));
        return seen;
    }

    /// <summary>By the clock, too, which goes on while the machine sleeps.</summary>
    private TimeSpan AgeOf(AppendPlan plan, long sentAt)
    {
        var (elapsed, since) = (context.Time.GetElapsedTime(sentAt), context.Now - plan.After.AppendedAt!.Value);
        return elapsed > since ? elapsed : since;
    }

    /// <summary>The ids of the appends in the row that would be the first of these; null: there is no such row.</summary>
    private async Task<IEnumerable<Guid>?> ReadAppendsAsync(AppendPlan plan)
    {
        if (await table.ReadEntityAsync(plan.Rows[0].Key, RecordRow.SmallColumns, CancellationToken.None) is not { } entity)
            return null;
        try
        {
            return RecordRow.Read(table.Shard, entity, withData: false).Index.Runs.Select(run => run.Append);
        }
        catch (UnsupportedFormatException)
        {
            // Not one that this process wrote.
            return [];
        }
    }
}
