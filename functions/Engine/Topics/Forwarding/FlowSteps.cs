using FuncQueue.Engine.Shards;
using FuncQueue.Engine.Storage;
using FuncQueue.Engine.Topics.Subscriptions;

namespace FuncQueue.Engine.Topics.Forwarding;

/// <summary>The steps of a flow: reading its cursor and the records behind it, and taking those that are for it.</summary>
internal sealed class FlowSteps(
    EngineContext context,
    PartitionSource source,
    Cursors cursors,
    FlowSinks sinks,
    SubscriptionRow subscription,
    int shard,
    Taking taking
)
{
    private volatile Latest latest = new(subscription, taking);

    public SubscriptionRow Subscription => latest.Subscription;

    public int Partition => source.Partition;

    /// <summary>The subscription, or another one of the same topic, has changed.</summary>
    public void Update(SubscriptionRow changed, Taking how) => latest = new Latest(changed, how);

    public bool MayTake(ForwardedRow row, FeedCursor cursor)
    {
        foreach (var run in row.Runs)
        {
            if (latest.Taking.MayTake(run, cursor.Judge))
                return true;
        }

        return false;
    }

    /// <summary>Where it leads to; null: there is no target any more, or nothing more is to arrive there.</summary>
    public async Task<IFlowSink?> FindAsync() =>
        !Subscription.Drops && await cursors.Targets.FindAsync(Subscription, CancellationToken.None) is { } target
            ? sinks.Of(target, Subscription, shard)
            : null;

    /// <summary>Where the cursor is; null: there is no open one.</summary>
    public async Task<FlowPlace?> ReadAsync(IFlowSink into)
    {
        try
        {
            var cursor = await Cursors.ReadAsync(into.Table, Subscription.CursorKeyOf(Partition), CancellationToken.None);
            return cursor is { IsClosed: false } ? FlowPlace.At(cursor, toEnd: true) : null;
        }
        catch (UnsupportedFormatException exception)
        {
            // A later version moves it.
            EngineLog.UnreadableRow(
                context.Log,
                exception,
                Subscription.TargetTable,
                RowKeys.Partition(shard),
                Subscription.CursorKeyOf(Partition)
            );
            return null;
        }
    }

    /// <summary>Takes what comes next.</summary>
    public async Task<FlowStep> GoOnAsync(IFlowSink into, FlowPlace at)
    {
        var (rows, now) = (await source.ReadAsync(at.Looked, at.ToEnd), latest);
        return rows.Count == 0 ? new FlowStep(FlowStepEnd.AtEnd, at with { ToEnd = false }) : await into.TakeAsync(at, rows, now.Taking);
    }

    /// <summary>Moves the cursor behind what there is nothing to take of.</summary>
    public static Task<FlowStep> MoveAsync(IFlowSink into, FlowPlace at) => WriteAsync(into.Table, at, at.Looked, []);

    /// <summary>Moves the cursor, and writes something beside, or does neither.</summary>
    public static async Task<FlowStep> WriteAsync(
        ShardTable table,
        FlowPlace at,
        long next,
        IReadOnlyList<Azure.Data.Tables.TableTransactionAction> beside
    )
    {
        var writer = Guid.NewGuid();
        switch (await table.CommitAsync([at.Cursor.MoveTo(table.Shard, next, writer), .. beside]))
        {
            case Commit.Done(var etags):
                var moved = at.Cursor with { Next = next, Writer = writer, ETag = etags[0] };
                return new FlowStep(FlowStepEnd.GotOn, FlowPlace.At(moved, at.ToEnd));
            case Commit.Failed({ Kind: FaultKind.Conflict }):
                return new FlowStep(FlowStepEnd.Passed, null);
            default:
                return new FlowStep(FlowStepEnd.Failed, null);
        }
    }

    private sealed record Latest(SubscriptionRow Subscription, Taking Taking);
}
