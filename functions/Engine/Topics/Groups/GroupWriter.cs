using Azure.Data.Tables;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Topics.Groups;

/// <summary>How a change of a group ended.</summary>
internal abstract record GroupFate
{
    private GroupFate() { }

    /// <summary>It was carried out.</summary>
    public sealed record Written(GroupState Now) : GroupFate;

    /// <summary>Others were first.</summary>
    /// <param name="MayHaveHappened">It may have been carried out before, and what it wrote been overwritten.</param>
    public sealed record Overtaken(bool MayHaveHappened) : GroupFate;

    public sealed record Failed(Failure Failure) : GroupFate;
}

/// <summary>
/// Writes changes of a group. When an answer is lost, the rows tell: as long as all are as they were, the very same is sent again, and at
/// most one of the two is carried out; a row with the change's id says that it was.
/// </summary>
internal sealed class GroupWriter(EngineContext context, ShardTable table, string topicTable, string partition)
{
    /// <summary>How long it is tried to find out what became of a change.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    /// <summary>The group as it is. Faults of storage are thrown.</summary>
    public async Task<GroupState> ReadAsync(CancellationToken cancellationToken)
    {
        var rows = new List<TableEntity>();
        for (KeyRange? rest = GroupRows.All; rest is { } part; )
        {
            var (some, last) = await table.ReadEntitiesAsync(part, ShardTable.MaxPageRows, null, cancellationToken);
            rows.AddRange(some);
            rest = last is null ? null : part.After(last);
        }

        try
        {
            return GroupRows.Read(rows);
        }
        catch (UnsupportedFormatException exception)
        {
            context.Unreadable.Add(topicTable, partition, rows[0], exception);
            throw;
        }
    }

    public async Task<GroupFate> WriteAsync(GroupWrite write)
    {
        switch (await table.CommitAsync(write.Operations))
        {
            case Commit.Done(var etags):
                return new GroupFate.Written(write.Written(etags));
            case Commit.Failed({ Kind: FaultKind.Conflict }):
                return new GroupFate.Overtaken(false);
            case Commit.Failed({ MayHaveHappened: true }):
                EngineLog.AnswerLost(context.Log, topicTable, partition);
                return await FindOutAsync(write);
            case Commit.Failed(var fault):
                return new GroupFate.Failed(fault.ToFailure());
            default:
                throw new InvalidOperationException("An unknown end of a transaction.");
        }
    }

    private async Task<GroupFate> FindOutAsync(GroupWrite write)
    {
        var began = context.Time.GetTimestamp();
        for (var pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            try
            {
                var there = await ReadAsync(CancellationToken.None);
                if (write.IsIn(there))
                    return new GroupFate.Written(there);
                if (!write.IsBefore(there))
                    return new GroupFate.Overtaken(true);
                switch (await table.CommitAsync(write.Operations))
                {
                    case Commit.Done(var etags):
                        return new GroupFate.Written(write.Written(etags));
                    case Commit.Failed({ Kind: FaultKind.Conflict }):
                        // By somebody else, or by the first sending.
                        continue;
                    case Commit.Failed({ Kind: FaultKind.TableMissing } gone):
                        return new GroupFate.Failed(gone.ToFailure());
                }
            }
            catch (StorageFaultException exception)
            {
                if (exception.Fault.Kind == FaultKind.TableMissing)
                    return new GroupFate.Failed(exception.Fault.ToFailure());
            }
            catch (UnsupportedFormatException)
            {
                return new GroupFate.Failed(new Failure.OutcomeUnknown(StorageFault.DefaultRetryAfter));
            }

            if (context.Time.GetElapsedTime(began) >= Patience)
                return new GroupFate.Failed(new Failure.OutcomeUnknown(StorageFault.DefaultRetryAfter));
            await Task.Delay(pause, TimeProvider.System);
        }
    }
}
