using FuncQueue.Engine.Deduplication;
using FuncQueue.Engine.Payloads;
using FuncQueue.Engine.Registry;
using FuncQueue.Engine.Storage;
using FuncQueue.Engine.Topics.Calls;
using FuncQueue.Engine.Topics.Compaction;
using FuncQueue.Engine.Topics.Groups;
using FuncQueue.Engine.Topics.Registry;
using FuncQueue.Engine.Topics.Retention;

namespace FuncQueue.Engine.Topics.Sweeping;

/// <summary>
/// The maintenance of topics. One query of the registry tells which have something stored since they were last looked at, or something due;
/// only those are visited. Idempotent, and safe to overlap with itself and with everything else.
/// </summary>
internal sealed class TopicSweeper(
    EngineContext context,
    DataAccounts accounts,
    TopicRegistry registry,
    TopicDirectory directory,
    TopicDeletion deletion,
    KeyIndexes indexes
)
{
    /// <summary>Topics visited at a time.</summary>
    private const int ParallelVisits = 4;

    /// <param name="everything">Whether to visit every topic, marked or not.</param>
    public async Task<TopicSweepReport> SweepAsync(bool everything, CancellationToken cancellationToken)
    {
        var marks = await registry.Table.QueryAsync(TopicKeys.Marks, int.MaxValue, TopicMark.Read, cancellationToken);
        if (everything)
            marks.AddRange(await MarkOthersAsync(marks, cancellationToken));
        var now = context.Now;
        var reports = new System.Collections.Concurrent.ConcurrentQueue<TopicSweepReport>();
        await Parallel.ForEachAsync(
            marks.Where(mark => everything || mark.RetentionDueAt is not { } due || due <= now),
            new ParallelOptions { MaxDegreeOfParallelism = ParallelVisits, CancellationToken = cancellationToken },
            async (mark, token) => reports.Enqueue(await VisitAsync(mark, everything, token))
        );
        return reports.Aggregate(new TopicSweepReport(), (sum, report) => sum.Plus(report));
    }

    private async Task<TopicSweepReport> VisitAsync(TopicMark mark, bool everything, CancellationToken cancellationToken)
    {
        try
        {
            var topic = await directory.FindAsync(mark.Topic, cancellationToken);
            if (topic?.Table != mark.Table)
                topic = await directory.RefreshAsync(mark.Topic).WaitAsync(cancellationToken);
            try
            {
                return await VisitAsync(mark, topic, everything, cancellationToken);
            }
            catch (StorageFaultException exception) when (exception.Fault.Kind == FaultKind.TableMissing)
            {
                // It has been deleted since this process read of it.
                topic = await directory.RefreshAsync(mark.Topic).WaitAsync(cancellationToken);
                return await VisitAsync(mark, topic, everything, cancellationToken);
            }
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            EngineLog.TopicSweepFailed(context.Log, exception, mark.Topic.Value);
            return new TopicSweepReport { TopicsFailed = 1 };
        }
    }

    private async Task<TopicSweepReport> VisitAsync(
        TopicMark mark,
        TopicRuntime? topic,
        bool everything,
        CancellationToken cancellationToken
    )
    {
        var began = context.Now;
        if (topic?.Table != mark.Table)
        {
            // Of a generation that is gone.
            await registry.Table.CommitAsync(mark.Retire());
            return new TopicSweepReport();
        }

        if (topic.Record.IsDeleting)
            return new TopicSweepReport
            {
                TopicsVisited = 1,
                TopicsDeleted = (await deletion.GoOnAsync(topic.Record, cancellationToken)).Failure is null ? 1 : 0,
            };
        var (report, due) = await SweepAsync(topic, cancellationToken);
        // They can wait for the pass that comes once an hour.
        if (everything)
            report = report with { ProducersForgotten = await ForgetProducersAsync(topic, cancellationToken) };
        // Whoever stores something has marked the topic lately enough, or waits until he has.
        var isQuiet = mark.TouchedAt + ActivityMarker.QuietAfter(context.Options) < began;
        if (isQuiet)
            await NoteAsync(mark, due);
        return report with { TopicsVisited = 1 };
    }

    private async Task<(TopicSweepReport Report, DateTimeOffset? NextDue)> SweepAsync(
        TopicRuntime topic,
        CancellationToken cancellationToken
    )
    {
        var groups = new GroupSweep(context, accounts, topic);
        var (report, due) = (new TopicSweepReport(), await groups.MeasureAsync(cancellationToken));
        foreach (var partition in topic.Partitions)
        {
            var removed = topic.Settings.Compact
                ? await CompactAsync(topic, partition, groups, cancellationToken)
                : await RetainAsync(topic, partition, groups, cancellationToken);
            var keys = await new KeyCollection(partition.Table, context.Options.ClockSkewBound).ForgetAsync(context.Now, cancellationToken);
            // Behind retention: what that has left is collected at once.
            var payloads = await new PayloadCollection(
                partition.Table,
                topic.Table,
                topic.Payloads,
                context.Options.UploadTimeout
            ).CollectAsync(context.Now, cancellationToken);
            report = report with
            {
                RecordsRemoved = report.RecordsRemoved + removed.Removed,
                PayloadsDeleted = report.PayloadsDeleted + payloads.Deleted,
            };
            foreach (var next in (DateTimeOffset?[])[removed.NextDue, keys.NextDue, payloads.NextDue])
                due = due is null || next < due ? next ?? due : due;
        }

        return (report, due);
    }

    /// <summary>What is compacted stays, and so does what its producers would repeat.</summary>
    private async Task<int> ForgetProducersAsync(TopicRuntime topic, CancellationToken cancellationToken)
    {
        var forgotten = 0;
        foreach (var partition in topic.Settings.Compact ? [] : topic.Partitions)
            forgotten += await new ProducerCollection(context, partition.Table).RunAsync(topic.Settings.Retention, cancellationToken);
        return forgotten;
    }

    private Task<RetentionEnd> RetainAsync(
        TopicRuntime topic,
        TopicPartition partition,
        GroupSweep groups,
        CancellationToken cancellationToken
    ) =>
        new PartitionRetention(
            context,
            partition.Table,
            async (end, token) =>
            {
                var least = await topic.Subscriptions.LeastNeededAsync(partition.Number, end, token);
                return topic.Settings.KeepForGroups ? await groups.LeastNeededAsync(partition.Number, least, token) : least;
            }
        ).RunAsync(topic.Settings.Retention, topic.Settings.RetentionBytes, cancellationToken);

    private async Task<RetentionEnd> CompactAsync(
        TopicRuntime topic,
        TopicPartition partition,
        GroupSweep groups,
        CancellationToken cancellationToken
    )
    {
        var end = (await partition.Reader.ReadHeadAsync(cancellationToken)).Next;
        var index = indexes.Of(topic.Table, partition.Number, partition.Reader);
        if (!await index.CatchUpAsync(end, cancellationToken))
            return new RetentionEnd(0, null);
        var below = await topic.Subscriptions.LeastNeededAsync(partition.Number, end, cancellationToken);
        var passed = await groups.LeastNeededAsync(partition.Number, below, cancellationToken);
        return await new PartitionCompaction(context, partition.Table, index).RunAsync(
            new CompactionBounds(below, passed, topic.Settings.TombstoneTime),
            cancellationToken
        );
    }

    private async Task NoteAsync(TopicMark mark, DateTimeOffset? due)
    {
        if (due is null && mark.ForwardingDueAt >= TopicMark.Never)
            await registry.Table.CommitAsync(mark.Retire());
        else if (mark.RetentionDueAt != (due ?? TopicMark.Never))
            await registry.Table.CommitAsync(mark.NoteRetention(due));
    }

    /// <summary>Marks the topics that have no mark: marks that were lost come back.</summary>
    private async Task<List<TopicMark>> MarkOthersAsync(List<TopicMark> marks, CancellationToken cancellationToken)
    {
        var marked = marks.Select(m => m.Table).ToHashSet(StringComparer.Ordinal);
        var others = await registry.ListAsync("", null, int.MaxValue, cancellationToken);
        foreach (var topic in others.Where(t => !marked.Contains(t.Table)))
            await registry.MarkActiveAsync(topic);
        var now = await registry.Table.QueryAsync(TopicKeys.Marks, int.MaxValue, TopicMark.Read, cancellationToken);
        return [.. now.Where(m => !marked.Contains(m.Table))];
    }
}
