using System.Collections.Concurrent;
using Azure;
using Azure.Data.Tables;
using FuncQueue.Engine.Decisions;
using FuncQueue.Engine.Deduplication;
using FuncQueue.Engine.Groups;
using FuncQueue.Engine.Registry;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Shards;

/// <summary>
/// Inserts new messages into one shard, one write at a time: a lone call is written at once, those that come while a write is under
/// way share the next. An insert whose answer was lost is never sent again.
/// </summary>
internal sealed partial class EnqueueLoop
{
    /// <summary>Most bytes of messages in a row (DESIGN.md: about 256 KiB), below Table Storage's 1 MiB an entity.</summary>
    public const int MaxRowBytes = 256 * 1024;

    /// <summary>What a message takes beside itself, about: its state, its index, the rows that go with it.</summary>
    private const int BytesBeside = 160;

    private readonly EngineContext context;
    private readonly ShardTable table;
    private readonly CommitRounds.Member commits;
    private readonly QueueName queue;
    private readonly bool ordered;
    private readonly RowSequence sequence;
    private readonly ActivityMarker activity;
    private readonly RowSize rowSize;
    private readonly Action<BatchRow, long> inserted;
    private readonly FirstLeases? leases;
    private readonly WorkLoop loop;
    private readonly ConcurrentQueue<PendingEnqueue> inbox = new();
    private List<PendingEnqueue> current = [];

    /// <param name="ordered">Whether this is a shard of a FIFO queue.</param>
    /// <param name="inserted">Told of each row that was written, in their order, and, on a FIFO queue, of the number that the head had before.</param>
    /// <param name="leases">Leases to insert messages with; null: none. On a FIFO queue a lease takes more than that.</param>
    public EnqueueLoop(
        EngineContext context, ShardTable table, CommitRounds.Member commits, QueueName queue, bool ordered, RowSequence sequence, ActivityMarker activity, RowSize rowSize, Action<BatchRow, long> inserted, FirstLeases? leases)
    {
        this.context = context;
        this.table = table;
        this.commits = commits;
        this.queue = queue;
        this.ordered = ordered;
        this.sequence = sequence;
        this.activity = activity;
        this.rowSize = rowSize;
        this.inserted = inserted;
        this.leases = leases;
        loop = new WorkLoop(StepAsync, OnUnexpected);
    }

    /// <summary>Messages that wait to be written.</summary>
    public int Waiting => inbox.Count;

    /// <summary>Most messages of a new row. Those of a FIFO queue are not cut smaller: their settlements meet at the locks of groups as well.</summary>
    private int MaxInRow => ordered ? context.Options.MaxMessagesPerRow : rowSize.Most;

    public Task<Outcome<Enqueued>> EnqueueAsync(PendingEnqueue message)
    {
        inbox.Enqueue(message);
        loop.Kick(here: true);
        return message.Completion;
    }

    /// <summary>Enqueues together: they share rows as far as they fit.</summary>
    public void EnqueueAll(IEnumerable<PendingEnqueue> messages)
    {
        foreach (var message in messages)
            inbox.Enqueue(message);
        loop.Kick();
    }

    public Task WhenIdleAsync() => loop.WhenIdleAsync();

    private async Task<bool> StepAsync()
    {
        if (inbox.IsEmpty)
        {
            commits.Rest();
            return false;
        }

        await commits.BeginAsync();
        // Under throttling what comes in meanwhile shares the next write.
        await commits.DuringAsync(table.WhenReadyAsync());
        var batch = current = Cut();
        if (await commits.DuringAsync(activity.EnsureAsync().AsTask()) is { } unmarked)
            batch.ForEach(m => m.Complete(unmarked));
        else
            await WriteAsync(WithoutRepeats(batch));
        current = [];
        return true;
    }

    /// <summary>Takes what one transaction can carry.</summary>
    private List<PendingEnqueue> Cut()
    {
        var batch = new List<PendingEnqueue>();
        int bytes = 0, more = ordered ? 2 : 1, most = MaxInRow;
        while (inbox.TryPeek(out var next))
        {
            bytes += next.Encoded.Length + BytesBeside;
            more += (next.Upload is null ? 0 : 1) + (next.Key is null ? 0 : 1);
            // As if all shared rows; where lanes or due instants differ and it comes to more, the commit is halved.
            var rows = batch.Count / most + 1;
            if (batch.Count > 0 && (bytes > ShardTable.MaxTransactionBytes || rows + more > ShardTable.MaxOperations))
                break;
            if (batch.Count >= 40 * most)
                break;
            inbox.TryDequeue(out _);
            batch.Add(next);
        }

        return batch;
    }

    private async Task WriteAsync(List<PendingEnqueue> batch)
    {
        // Keys found remembered beyond their windows, to be replaced.
        var ended = new Dictionary<DeduplicationKey, ETag>();
        for (int attempt = 0, overtaken = 0; batch.Count > 0; attempt++)
        {
            leases?.TakeBack();
            if (ordered && await commits.DuringAsync(KnowHeadAsync()) is { } unknown)
            {
                batch.ForEach(m => m.Complete(unknown));
                return;
            }

            var rows = ordered ? ComposeInOrder(batch, context.Now) : Compose(batch, context.Now);
            leases?.Give(rows.Select(r => r.Row), context.Now);
            var uploads = batch.FindAll(m => m.Upload is not null);
            var operations = rows.Select(r => ShardTable.Insert(r.Row))
                .Concat(uploads.Select(m => table.Delete(RowKeys.Upload(m.Upload!.Value.Payload), m.Upload.Value.ETag)))
                .Concat(Remember(rows, ended))
                .Concat(MoveHead(rows))
                .ToList();
            // More than a transaction takes: the rest follows.
            if (operations.Count > ShardTable.MaxOperations)
            {
                leases?.TakeBack();
                var half = batch.Count / 2;
                await WriteAsync(batch[..half]);
                batch = batch[half..];
                continue;
            }

            var before = head;
            head = null;
            switch (await commits.CommitAsync(operations, rows.Sum(r => BytesOf(r.Row))))
            {
                case Commit.Done(var etags):
                    if (ordered)
                        head = new SequenceHead(rows[^1].Row.SequenceEnd, etags[^1]);
                    Succeed(rows, etags, before?.Next ?? 0);
                    return;
                case Commit.Failed({ Kind: FaultKind.Conflict } fault) when ordered && fault.FailedOperation == operations.Count - 1:
                    // Another process wrote first: on behind its messages. Each time somebody gets on, so this may take a while.
                    attempt--;
                    if (++overtaken > MaxOvertaken)
                        batch = Refuse(batch);
                    break;
                case Commit.Failed({ Kind: FaultKind.Conflict } fault) when fault.FailedOperation >= rows.Count + uploads.Count:
                    batch = attempt < MaxAttempts ? await commits.DuringAsync(WithoutDuplicatesAsync(batch, ended)) : Refuse(batch);
                    break;
                case Commit.Failed({ Kind: FaultKind.Conflict } fault) when fault.FailedOperation >= rows.Count:
                    // The sweep gave this upload up, so its blob may be gone: this message fails, the others are written.
                    var lost = uploads[fault.FailedOperation - rows.Count];
                    lost.Complete(new Failure.StorageUnavailable(StorageFault.DefaultRetryAfter));
                    batch = batch.FindAll(m => !ReferenceEquals(m, lost));
                    break;
                case Commit.Failed({ Kind: FaultKind.Uncertain or FaultKind.Conflict }):
                    await ReconcileAsync(rows);
                    return;
                case Commit.Failed(var fault):
                    batch.ForEach(m => m.Complete(fault.ToFailure()));
                    leases?.TakeBack();
                    return;
            }
        }

        leases?.TakeBack();
    }

    /// <summary>
    /// The answer was lost, or the row is said to be there already, which a repeat below the SDK would explain: keys are this
    /// process's own, so a row under the key is this row. All rows were one transaction: one tells of all.
    /// </summary>
    private async Task ReconcileAsync(List<(BatchRow Row, List<PendingEnqueue> Messages)> rows)
    {
        EngineLog.AnswerLost(context.Log, queue.Value, RowKeys.Partition(table.Shard));
        BatchRow? found = null;
        try
        {
            found = await commits.DuringAsync(table.ReadAsync(rows[0].Row.Key, withData: false, CancellationToken.None));
        }
        catch (StorageFaultException)
        {
            // Said below: unknown.
        }

        if (found is null || found.Index.EnqueuedAt != rows[0].Row.Index.EnqueuedAt || found.Count != rows[0].Row.Count)
        {
            foreach (var message in rows.SelectMany(r => r.Messages))
                message.Complete(new Failure.OutcomeUnknown(StorageFault.DefaultRetryAfter));
            leases?.TakeBack();
            return;
        }

        foreach (var (row, messages) in rows)
            Answer(row, messages);
        leases?.HandOver(_ => null);
    }

    private void Succeed(List<(BatchRow Row, List<PendingEnqueue> Messages)> rows, IReadOnlyList<ETag> etags, long behind)
    {
        for (var i = 0; i < rows.Count; i++)
        {
            inserted(rows[i].Row with { ETag = etags[i] }, behind);
            Answer(rows[i].Row, rows[i].Messages);
            behind = rows[i].Row.SequenceEnd;
        }

        // Only now, so that the shard's loop knows the rows before the first ack comes.
        leases?.HandOver(i => etags[i]);
    }

    private void Answer(BatchRow row, List<PendingEnqueue> messages)
    {
        for (var slot = 0; slot < messages.Count; slot++)
            messages[slot].Complete(new Enqueued(row.IdOf(slot), row.Index.EnqueuedAt, Duplicate: false, ordered ? row.SequenceNumberOf(slot) : null));
        context.Metrics.Sent(queue, messages.Count);
    }

    /// <summary>Messages as rows: those of one lane and due instant together.</summary>
    private List<(BatchRow Row, List<PendingEnqueue> Messages)> Compose(List<PendingEnqueue> batch, DateTimeOffset now)
    {
        var rows = new List<(BatchRow, List<PendingEnqueue>)>();
        var most = MaxInRow;
        foreach (var group in batch.GroupBy(m => (m.Lane, DueAt: m.ReadyAt(now))))
        {
            var bytes = 0;
            var messages = new List<PendingEnqueue>();
            foreach (var message in group)
            {
                if (messages.Count == most || (messages.Count > 0 && bytes + message.Encoded.Length > MaxRowBytes))
                {
                    rows.Add((Row(group.Key.Lane, group.Key.DueAt, messages, bytes, now), messages));
                    (messages, bytes) = ([], 0);
                }

                messages.Add(message);
                bytes += message.Encoded.Length;
            }

            rows.Add((Row(group.Key.Lane, group.Key.DueAt, messages, bytes, now), messages));
        }

        return rows;
    }

    private BatchRow Row(int lane, DateTimeOffset dueAt, List<PendingEnqueue> messages, int bytes, DateTimeOffset now) =>
        Row(dueAt > now ? sequence.NextScheduled(lane, dueAt) : sequence.NextImmediate(lane), messages, bytes, now);

    private BatchRow Row(BirthRow birth, List<PendingEnqueue> messages, int bytes, DateTimeOffset now)
    {
        var data = new byte[bytes];
        var at = 0;
        foreach (var message in messages)
        {
            message.Encoded.CopyTo(data, at);
            at += message.Encoded.Length;
        }

        return new BatchRow
        {
            Shard = table.Shard,
            Key = birth.Key,
            Birth = birth,
            FirstIndex = 0,
            ETag = default(ETag),
            State = [.. messages.Select(m => MessageState.ReadyAt(m.ReadyAt(now)))],
            Index = new RowIndex(now, [.. messages.Select(m => new MessageIndex(m.GroupHash, m.ReadyAt(now) + m.TimeToLive, m.Encoded.Length, m.BodyLength, m.Upload?.Payload))]),
            Data = data,
        };
    }

    private void OnUnexpected(Exception exception)
    {
        EngineLog.LoopFailed(context.Log, exception, "enqueue", queue.Value, RowKeys.Partition(table.Shard));
        current.ForEach(m => m.Complete(new Failure.OutcomeUnknown(StorageFault.DefaultRetryAfter)));
        current = [];
        leases?.TakeBack();
        commits.Rest();
    }

    private static int BytesOf(BatchRow row) => 512 + (row.Data?.Length ?? 0) + (row.Count * BytesBeside);
}
