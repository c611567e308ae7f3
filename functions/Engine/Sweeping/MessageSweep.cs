using FuncQueue.Engine.Decisions;
using FuncQueue.Engine.Queues;
using FuncQueue.Engine.Shards;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Sweeping;

/// <summary>
/// What a sweep does to the messages of one shard: reads their rows, counts them, and has done what is due. When the shard is long, only
/// the parts are read in which something is due, but for a whole reading now and then.
/// </summary>
internal sealed class MessageSweep(
    EngineContext context,
    QueueDirectory directory,
    QueueRuntime queue,
    ShardRuntime shard,
    SweepScope scope
)
{
    private readonly TransferSweep transfers = new(context, directory, queue, shard);
    private readonly Census census = new();

    public SweepReport Report { get; private set; } = new();

    /// <summary>Dead letters that have arrived where they were on their way to.</summary>
    public int Arrived { get; private set; }

    /// <summary>What was counted, now or by the last whole reading.</summary>
    public PastCount Counted { get; private set; } = PastCount.Nothing(context.Now);

    /// <summary>Whether all rows were read: only then it is known what is due next.</summary>
    public bool IsWhole { get; private set; }

    public DateTimeOffset? RedeliveryDueAt { get; private set; }

    public DateTimeOffset? RemovalDueAt { get; private set; }

    /// <param name="whole">Whether to read all rows, whatever is remembered of them.</param>
    public async Task RunAsync(bool whole, CancellationToken cancellationToken)
    {
        var (began, remembered) = (context.Now, shard.Swept);
        if (!whole && remembered?.HoldsAt(began) == true)
            await ReadDueAsync(remembered, began, cancellationToken);
        else
            await ReadWholeAsync(remembered, began, cancellationToken);
    }

    private async Task ReadWholeAsync(SweptShard? before, DateTimeOffset began, CancellationToken cancellationToken)
    {
        IReadOnlyList<SweptPart> parts =
        [
            .. await TendAsync(MessageSource.Live, RowKeys.AllLive, isCounted: true, cancellationToken),
            .. await TendAsync(MessageSource.DeadLetters, RowKeys.Dead, isCounted: true, cancellationToken),
        ];
        IsWhole = true;
        // As it is after what this visit has changed: what this process does from now on comes on top.
        Counted = new PastCount(census.Result, context.Now);
        context.Metrics.Counted(queue.Name, shard.Table.Shard, Counted with { At = began });
        shard.Remember(before, new SweptShard(began, Counted, parts));
        // Nobody need be told when what the count lists comes due; of the rest nothing is known but when the first of them does.
        RedeliveryDueAt = SweepDue.Earlier(parts.Min(p => p.RedeliveryDueAt), census.UnlistedDueAt);
        RemovalDueAt = parts.Min(p => p.RemovalDueAt);
    }

    private async Task ReadDueAsync(SweptShard remembered, DateTimeOffset now, CancellationToken cancellationToken)
    {
        Counted = remembered.Count;
        // The depth that is told holds until the next whole reading.
        context.Metrics.Counted(queue.Name, shard.Table.Shard, Counted with { At = now });
        var parts = new List<SweptPart>(remembered.Parts.Count);
        foreach (var part in remembered.Parts)
        {
            if (part.IsDue(scope, now))
                parts.AddRange(await TendAsync(part.Source, part.Range, isCounted: false, cancellationToken));
            else
                parts.Add(part);
        }

        shard.Remember(remembered, remembered with { Parts = parts });
    }

    /// <summary>Has done what is due in a range of rows; what is due later in each part of it.</summary>
    private async Task<List<SweptPart>> TendAsync(MessageSource source, KeyRange range, bool isCounted, CancellationToken cancellationToken)
    {
        var (parts, policy) = (new List<SweptPart>(), queue.PolicyFor(source));
        for (KeyRange? rest = range; rest is { } part; )
        {
            var seen = CachedRow.Stamp();
            var page = await shard.Table.ReadPageAsync(part, ShardTable.MaxPageRows, withData: false, cancellationToken);
            var now = context.Now;
            var (due, moving) = (new List<BatchRow>(), new List<BatchRow>());
            DateTimeOffset? redelivery = null;
            DateTimeOffset? removal = null;
            foreach (var row in page.Rows)
            {
                for (var slot = 0; slot < row.Count; slot++)
                {
                    var (state, index) = (row.State[slot], row.Index.Messages[slot]);
                    redelivery = SweepDue.Earlier(redelivery, SweepDue.Redelivery(state, index, policy));
                    removal = SweepDue.Earlier(removal, SweepDue.Removal(state, index, policy));
                    // What goes to the dead letters now is counted there.
                    if (
                        isCounted
                        && (!scope.HasFlag(SweepScope.Poison) || Upkeep.Decide(state, index, policy, now) is not Upkeep.DeadLetter)
                    )
                        census.Count(row, slot, policy, now);
                }

                if (SweepDue.IsDue(row, scope, policy, now))
                    due.Add(row);
                if (TransferSweep.DueAt(row) is not { } at)
                    continue;
                removal = SweepDue.Earlier(removal, at);
                if (at <= now && scope.HasFlag(SweepScope.Poison))
                    moving.Add(row);
            }

            Arrived += await transfers.ResumeAsync(moving, cancellationToken);
            await TendAsync(source, due, seen, cancellationToken);
            rest = page.LastKey is { } last ? part.After(last) : null;
            parts.Add(new SweptPart(source, part with { To = rest?.From ?? part.To }, redelivery, removal));
            // The rows behind one that is scheduled for later are too, and nothing happens to them before.
            if (rest is { } behind && source == MessageSource.Live && RowKeys.DueAt(page.LastKey!) is { } later && later > now)
            {
                parts.Add(new SweptPart(source, behind, null, later));
                census.StopBefore(later);
                break;
            }
        }

        return parts;
    }

    private async Task TendAsync(MessageSource source, List<BatchRow> due, long seen, CancellationToken cancellationToken)
    {
        if (due.Count == 0)
            return;
        var request = new UpkeepRequest(due, seen, scope);
        shard.LoopOf(source).Post(new Work.Upkeep(request));
        var done = await request.Completion.WaitAsync(cancellationToken);
        Report = Report with
        {
            Redelivered = Report.Redelivered + done.Redelivered,
            DeadLettered = Report.DeadLettered + done.DeadLettered,
            Expired = Report.Expired + done.Expired,
        };
    }
}
