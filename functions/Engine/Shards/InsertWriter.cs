using FuncQueue.Engine.Decisions;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Shards;

/// <summary>
/// Writes messages into a shard and tells their callers what became of it. An insert whose answer was lost is never sent again.
/// </summary>
/// <param name="inserted">
/// Told of each row that was written, in their order, and, on a FIFO queue, of the number that the head had before.
/// </param>
/// <param name="leases">Leases to insert messages with; null: none. On a FIFO queue a lease takes more than that.</param>
internal sealed class InsertWriter(
    EngineContext context,
    ShardTable table,
    QueueName queue,
    RowComposition composition,
    Action<BatchRow, long> inserted,
    FirstLeases? leases
)
{
    /// <summary>
    /// A consumer needs three requests to storage one after the other: to find a message, to lease it and to ack it. A time, since nothing
    /// that is stored tells a row that was consumed from one that never was there (docs/internals/lost-answers.md).
    /// </summary>
    private static readonly TimeSpan FasterThanAnyConsumer = TimeSpan.FromMilliseconds(25);

    private readonly LostInserts lostInserts = new(table, composition);

    private const int MaxAttempts = 20;

    /// <summary>How often other processes may be first before the callers are told to come back.</summary>
    private const int MaxOvertaken = 200;

    /// <summary>Writes messages; those that others have overtaken are returned, to be written behind them.</summary>
    public async Task<List<PendingEnqueue>> WriteAsync(Round round, List<PendingEnqueue> batch)
    {
        var keys = new RememberedKeys(context, table, composition);
        for (var attempt = 0; batch.Count > 0; attempt++)
        {
            leases?.TakeBack();
            if (await round.DuringAsync(composition.PrepareAsync().AsTask()) is { } unknown)
                return Refuse(batch, unknown);
            var rows = composition.Compose(batch, context.Now);
            leases?.Give(rows.Select(r => r.Row), context.Now);
            var transaction = Compose(rows, batch, keys);
            // More than a transaction takes: the rest follows.
            if (!transaction.Fits && Halve(batch) is { } half)
            {
                leases?.TakeBack();
                if (await WriteAsync(round, batch[..half]) is { Count: > 0 } overtaken)
                    return [.. overtaken, .. batch[half..]];
                batch = batch[half..];
                continue;
            }

            composition.Order(transaction, rows);
            var sentAt = context.Time.GetTimestamp();
            switch (await round.CommitAsync(transaction))
            {
                case WriteResult.Conflict(var owner) when composition.WasOvertaken(owner):
                    leases?.TakeBack();
                    return Overtaken(batch);
                case WriteResult.Conflict(var owner) when RememberedKeys.IsOver(owner):
                    batch =
                        attempt < MaxAttempts
                            ? await round.DuringAsync(keys.WithoutDuplicatesAsync(batch))
                            : Refuse(batch, new Failure.StorageUnavailable(StorageFault.DefaultRetryAfter));
                    break;
                // It fails alone, the others are written.
                case WriteResult.Conflict(UploadEnd(var message)):
                    // The sweep gave the upload up, so its blob may be gone.
                    batch = Without(
                        batch,
                        m => m == message || m.GoesWith(message),
                        new Failure.StorageUnavailable(StorageFault.DefaultRetryAfter)
                    );
                    break;
                case WriteResult.Conflict(Feed feed):
                    switch (await round.DuringAsync(lostInserts.SeeAsync(feed)))
                    {
                        // It is a repeat below the SDK, and the first sending has moved the cursor.
                        case Sight.Ours:
                            return CarriedOut(rows);
                        case Sight.Unread:
                            leases?.TakeBack();
                            return Refuse(batch, new Failure.OutcomeUnknown(StorageFault.DefaultRetryAfter));
                    }

                    feed.Passed();
                    batch = batch.FindAll(m => m.Feed != feed);
                    break;
                case var result:
                    return await EndAsync(round, result, rows, batch, keys, sentAt);
            }
        }

        leases?.TakeBack();
        return [];
    }

    /// <summary>Takes an answer in after which nothing is sent again here.</summary>
    private async Task<List<PendingEnqueue>> EndAsync(
        Round round,
        WriteResult result,
        List<NewRow> rows,
        List<PendingEnqueue> batch,
        RememberedKeys keys,
        long sentAt
    )
    {
        switch (result)
        {
            case WriteResult.Done done:
                Succeed(done, rows);
                return [];
            case WriteResult.Failed({ Kind: FaultKind.Throttled } refusal):
                var lost = await round.DuringAsync(lostInserts.FindOutAsync(rows, keys));
                // It will not be carried out later; and where only its messages could tell, nobody can have consumed them in so short a
                // time.
                var isFast = lost.IsSeen && context.Time.GetElapsedTime(sentAt) < FasterThanAnyConsumer;
                return lost.Fate is Fate.Void or Fate.Adrift || (lost.Fate != Fate.CarriedOut && isFast)
                    ? NotWritten(lost, batch, refusal.ToFailure())
                    : TakeIn(lost, rows, batch);
            case WriteResult.Failed({ Kind: not FaultKind.Uncertain } fault):
                leases?.TakeBack();
                return Refuse(batch, fault.ToFailure());
            // Keys of rows are this process's own: one that is there already was inserted by a repeat below the SDK.
            default:
                EngineLog.AnswerLost(context.Log, queue.Value, RowKeys.Partition(table.Shard));
                return TakeIn(await round.DuringAsync(lostInserts.FindOutAsync(rows, keys)), rows, batch);
        }
    }

    /// <summary>Gives receivers back that were to get messages whose write was not carried out.</summary>
    public void TakeBack() => leases?.TakeBack();

    private Transaction Compose(List<NewRow> rows, List<PendingEnqueue> batch, RememberedKeys keys)
    {
        var transaction = new Transaction();
        foreach (var feed in FeedsOf(rows))
            transaction.Add(feed, feed.Move(table.Shard));
        foreach (var row in rows)
            transaction.Add(row, ShardTable.Insert(row.Row), row.Bytes);
        foreach (var message in batch.Where(m => m.Upload is not null))
            transaction.Add(new UploadEnd(message), table.Delete(RowKeys.Upload(message.Upload!.Value.Payload), message.Upload.Value.ETag));
        keys.Remember(transaction, rows);
        return transaction;
    }

    /// <summary>Where to cut a batch in two: not between messages that are inserted together; null: nowhere.</summary>
    private static int? Halve(List<PendingEnqueue> batch)
    {
        for (var distance = 0; distance < batch.Count / 2 + 1; distance++)
        {
            foreach (var at in (int[])[(batch.Count / 2) - distance, (batch.Count / 2) + distance])
            {
                if (at > 0 && at < batch.Count && !batch[at].GoesWith(batch[at - 1]))
                    return at;
            }
        }

        return null;
    }

    private void Succeed(WriteResult.Done done, List<NewRow> rows)
    {
        var behind = composition.Written(done, rows);
        foreach (var row in rows)
        {
            inserted(row.Row with { ETag = done.ETagOf(row) }, behind);
            Answer(row);
            behind = row.Row.SequenceEnd;
        }

        foreach (var feed in FeedsOf(rows))
            feed.Taken(done.ETagOf(feed));
        // Only now, so that the shard's loop knows the rows before the first ack comes.
        leases?.HandOver(i => done.ETagOf(rows[i]));
    }

    private void Answer(NewRow row)
    {
        for (var slot = 0; slot < row.Messages.Count; slot++)
        {
            var id = row.Row.IdOf(slot);
            row.Messages[slot].Complete(new Enqueued(id, row.Row.Index.EnqueuedAt, Duplicate: false, composition.SequenceNumberOf(id)));
        }

        context.Metrics.Sent(queue, row.Messages.Count);
        context.Metrics.Tallies.Changed(queue, table.Shard, CountsOf(row.Row.State, context.Now), context.Now);
    }

    private static MessageCounts CountsOf(MessageState[] inserted, DateTimeOffset now)
    {
        MessageCounts counts = default;
        foreach (var state in inserted)
            counts = counts.Plus(
                state.IsLeased ? MessageStatus.Leased
                : state.VisibleAt > now ? MessageStatus.Scheduled
                : MessageStatus.Ready
            );
        return counts;
    }

    /// <summary>
    /// Tells the callers what became of an insert whose answer was lost; those whose messages may be written anew are returned.
    /// </summary>
    private List<PendingEnqueue> TakeIn(LostInsert lost, List<NewRow> rows, List<PendingEnqueue> batch)
    {
        switch (lost.Fate)
        {
            case Fate.CarriedOut:
                return CarriedOut(rows);
            // It never was, nor can be.
            case Fate.Void:
                leases?.TakeBack();
                return Overtaken(batch);
            default:
                return NotWritten(lost, batch, new Failure.OutcomeUnknown(StorageFault.DefaultRetryAfter));
        }
    }

    private List<PendingEnqueue> CarriedOut(List<NewRow> rows)
    {
        rows.ForEach(Answer);
        foreach (var feed in FeedsOf(rows))
            feed.Taken(etag: null);
        leases?.HandOver(_ => null);
        return [];
    }

    /// <summary>The callers are told so; but a feed whose cursor is as it was is sent again.</summary>
    private List<PendingEnqueue> NotWritten(LostInsert lost, List<PendingEnqueue> batch, Failure failure)
    {
        leases?.TakeBack();
        return Overtaken(Without(batch, m => m.Feed is null || !lost.Untouched.Contains(m.Feed), failure));
    }

    private static IEnumerable<Feed> FeedsOf(List<NewRow> rows) => rows.Select(r => r.Messages[0].Feed).OfType<Feed>().Distinct();

    private static List<PendingEnqueue> Overtaken(List<PendingEnqueue> batch)
    {
        // Each time somebody gets on, so this may take a while.
        return Without(batch, m => ++m.Overtaken > MaxOvertaken, new Failure.StorageUnavailable(StorageFault.DefaultRetryAfter));
    }

    private static List<PendingEnqueue> Without(List<PendingEnqueue> batch, Predicate<PendingEnqueue> which, Failure failure)
    {
        var (failed, rest) = (new List<PendingEnqueue>(), new List<PendingEnqueue>());
        foreach (var message in batch)
            (which(message) ? failed : rest).Add(message);
        Refuse(failed, failure);
        return rest;
    }

    private static List<PendingEnqueue> Refuse(List<PendingEnqueue> batch, Failure failure)
    {
        batch.ForEach(m => m.Complete(failure));
        return [];
    }

    /// <summary>Of the operation that ends the upload of a message's body.</summary>
    private sealed class UploadEnd(PendingEnqueue message) : WriteOwner
    {
        public void Deconstruct(out PendingEnqueue of) => of = message;
    }
}
