using FuncQueue.Engine.Shards;
using FuncQueue.Engine.Storage;
using FuncQueue.Engine.Topics.Records;

namespace FuncQueue.Engine.Topics.Log;

/// <summary>
/// Stores appends in a partition and tells their callers what became of them. What is told to fail for a reason that depends on the
/// partition's end or on its subscriptions is judged by a head that was current after the call came: read since, or replaced by a write.
/// </summary>
/// <param name="settled">Told of each row that was stored, once that is certain, in their order, and of the head behind them all.</param>
internal sealed class AppendWriter(
    EngineContext context,
    TopicName topic,
    ShardTable table,
    PartitionHead head,
    IRouter router,
    Action<RecordRow, LogHead> settled
)
{
    private const int MaxAttempts = 20;

    /// <summary>How often other processes may be first before the callers are told to come back.</summary>
    private const int MaxOvertaken = 200;

    private readonly LostAppend lost = new(context, table, head);
    private readonly KnownProducers producers = new(table);

    /// <summary>Stores appends; those that others have overtaken are returned, to be stored behind them.</summary>
    public async Task<List<PendingAppend>> WriteAsync(Round round, List<PendingAppend> batch)
    {
        var keys = new AppendKeys(context, table);
        producers.Begin();
        for (var attempt = 0; batch.Count > 0; attempt++)
        {
            if (await round.DuringAsync(PrepareAsync(batch)) is { } unprepared)
                return Refuse(batch, unprepared);
            var routes = router.Known;
            var placement = Placement.Decide(batch, head.Current.Next, routes, producers.States);
            if (producers.ForgetDoubtful(placement.Refused))
                continue;
            // A repeat is told what it repeats, whatever else would be wrong with it.
            if (placement.Refused.Any(r => r.Append is { Key: not null, IsNew: false }))
            {
                batch = await round.DuringAsync(keys.WithoutDuplicatesAsync(batch));
                continue;
            }

            if (placement.Placed.Count == 0)
            {
                if (head.IsFresh)
                    return Tell(placement);
                head.Forget();
                continue;
            }

            var plan = AppendPlan.Compose(
                table,
                head.Current,
                placement,
                routes,
                keys.Ended,
                producers.States,
                context.Process,
                context.Now
            );
            if (!plan.Transaction.Fits && placement.Placed.Count > 1)
            {
                var half = batch.Count / 2;
                if (await WriteAsync(round, batch[..half]) is { Count: > 0 } overtaken)
                    return [.. overtaken, .. batch[half..]];
                batch = batch[half..];
                continue;
            }

            var (end, fate) = await CommitAsync(round, plan);
            if (fate is AppendFate.Never or AppendFate.Unknown)
                return fate is AppendFate.Never ? Overtaken(batch) : NotKnown(placement);
            if (end is null or WriteResult.Done)
            {
                Succeed(plan, placement, end as WriteResult.Done);
                return [];
            }

            if (end is WriteResult.Conflict(AppendPlan.HeadMove))
                return Overtaken(batch);
            batch = await MendAsync(round, end, keys, batch, attempt < MaxAttempts);
        }

        return [];
    }

    /// <summary>Carries a plan out; how it ended (null: well), and, where its answer was lost, what has become of it.</summary>
    private async Task<(WriteResult? End, AppendFate? Fate)> CommitAsync(Round round, AppendPlan plan)
    {
        var sentAt = context.Time.GetTimestamp();
        var end = await round.CommitAsync(plan.Transaction);
        if (end is not WriteResult.Failed({ MayHaveHappened: true } fault))
            return (end, null);
        EngineLog.AnswerLost(context.Log, topic.Value, RowKeys.Partition(table.Shard));
        var fate = await round.DuringAsync(lost.FindOutAsync(plan, sentAt, fault, SendAsync));
        return ((fate as AppendFate.Otherwise)?.End, fate);
    }

    /// <summary>Sees to what a write was refused for; the appends that are to be tried again.</summary>
    private async Task<List<PendingAppend>> MendAsync(Round round, WriteResult end, AppendKeys keys, List<PendingAppend> batch, bool again)
    {
        switch (end)
        {
            case WriteResult.Conflict(AppendPlan.Remembering) when again:
                return await round.DuringAsync(keys.WithoutDuplicatesAsync(batch));
            case WriteResult.Conflict(AppendPlan.ProducerMove) when again:
                producers.Clear();
                return batch;
            case WriteResult.Conflict(AppendPlan.UploadEnd stale):
                // The sweep gave the upload up, so its blob may be gone. It fails alone, the others are stored.
                stale.Append.Complete(new Failure.StorageUnavailable(StorageFault.DefaultRetryAfter));
                batch.Remove(stale.Append);
                return batch;
            case WriteResult.Conflict(CursorMove passed):
                // Somebody else has forwarded the same already.
                passed.Pass();
                var late = batch.Find(a => ReferenceEquals(a.Move, passed))!;
                late.Complete(new Failure.StorageUnavailable(StorageFault.DefaultRetryAfter));
                batch.Remove(late);
                return batch;
            case WriteResult.Failed(var refusal):
                return Refuse(batch, refusal.ToFailure());
            default:
                head.Forget();
                return Refuse(batch, new Failure.StorageUnavailable(StorageFault.DefaultRetryAfter));
        }
    }

    /// <summary>Gets to know producers, the head, and the subscriptions that it tells of; why appends cannot be stored, or null.</summary>
    private async Task<Failure?> PrepareAsync(List<PendingAppend> batch)
    {
        try
        {
            await producers.LearnAsync(batch);
            await head.PrepareAsync();
            var now = head.Current;
            if (now.IsClosed)
            {
                head.Forget();
                return new Failure.TopicDeleting(topic);
            }

            if (now.Subscriptions <= router.Known.Version)
                return null;
            if (await router.LearnAsync(now.Subscriptions, CancellationToken.None) is { } unlearnt)
                return unlearnt;
            return router.Known.Version >= now.Subscriptions ? null : new Failure.StorageUnavailable(StorageFault.DefaultRetryAfter);
        }
        catch (StorageFaultException exception)
        {
            return exception.Fault.ToReadFailure();
        }
        catch (UnsupportedFormatException)
        {
            return new Failure.RecordUnreadable(StorageFault.DefaultRetryAfter);
        }
    }

    /// <summary>Sends a transaction again, past the round: nobody else writes to the partition meanwhile.</summary>
    private async Task<WriteResult> SendAsync(Transaction transaction) =>
        await table.CommitAsync(transaction.Operations) switch
        {
            Commit.Done(var etags) => new WriteResult.Done(transaction, etags),
            Commit.Failed({ Kind: FaultKind.Conflict } fault) => new WriteResult.Conflict(transaction.OwnerOf(fault.FailedOperation)),
            Commit.Failed(var fault) => new WriteResult.Failed(fault),
            _ => throw new InvalidOperationException("An unknown end of a transaction."),
        };

    private void Succeed(AppendPlan plan, Placement placement, WriteResult.Done? done)
    {
        if (done is null)
        {
            head.Forget();
            producers.Clear();
        }
        else
        {
            head.Written(plan.After with { ETag = done.ETagOf(AppendPlan.HeadMove.Owner) });
            producers.Written(plan.Producers.Select(move => (move.State, done.ETagOf(move))));
        }

        foreach (var row in plan.Rows)
            settled(row, plan.After);
        var publishedAt = plan.After.AppendedAt!.Value;
        foreach (var (append, first) in placement.Placed)
        {
            if (done is not null && append.Move is { } move)
                move.Written(done.ETagOf(move));
            var matched = append.Records.Select(r => r.RoutedBy(plan.Routes).Count).ToArray();
            append.Complete(new Appended(first, publishedAt, matched, IsDuplicate: false));
        }

        context.Metrics.Published(topic, plan.Rows.Sum(r => r.Count));
        Tell(placement);
    }

    /// <summary>Tells those that were refused.</summary>
    private static List<PendingAppend> Tell(Placement placement)
    {
        foreach (var (append, why) in placement.Refused)
            append.Complete(why is Failure.OffsetMismatch ? new Failure.OffsetMismatch(placement.Next) : why);
        return [];
    }

    /// <summary>What was to be stored may be; the others are judged again.</summary>
    private List<PendingAppend> NotKnown(Placement placement)
    {
        head.Forget();
        producers.Clear();
        Refuse(placement.Placed.Select(p => p.Append), new Failure.OutcomeUnknown(StorageFault.DefaultRetryAfter));
        return [.. placement.Refused.Select(r => r.Append)];
    }

    private List<PendingAppend> Overtaken(List<PendingAppend> batch)
    {
        head.Overtaken();
        producers.Clear();
        foreach (var append in batch)
            append.IsNew = false;
        // Each time somebody gets on, so this may take a while.
        var late = batch.FindAll(a => ++a.Overtaken > MaxOvertaken);
        Refuse(late, new Failure.StorageUnavailable(StorageFault.DefaultRetryAfter));
        return batch.FindAll(a => !late.Contains(a));
    }

    private static List<PendingAppend> Refuse(IEnumerable<PendingAppend> appends, Failure failure)
    {
        foreach (var append in appends)
            append.Complete(failure);
        return [];
    }
}
