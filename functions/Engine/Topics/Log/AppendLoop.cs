using System.Collections.Concurrent;
using FuncQueue.Engine.Registry;
using FuncQueue.Engine.Shards;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Topics.Log;

/// <summary>
/// Stores the records of one partition, one write at a time: a lone call is written at once, those that come while a write is under way
/// share the next.
/// </summary>
internal sealed class AppendLoop
{
    /// <summary>Most records of a transaction: what is stored at once appears at once.</summary>
    private const int MaxRecords = 8 * RecordRows.MaxRecords;

    private readonly ShardTable table;
    private readonly CommitRounds rounds;
    private readonly ActivityMarker activity;
    private readonly PartitionHead head;
    private readonly AppendWriter writer;
    private readonly WorkLoop loop;
    private readonly ConcurrentQueue<PendingAppend> inbox = new();

    // Those that others have overtaken come before those that came later; together they are what a step is about.
    private List<PendingAppend> first = [];
    private int waiting;

    /// <param name="failed">Told of what nobody foresaw.</param>
    public AppendLoop(ShardTable table, ActivityMarker activity, PartitionHead head, AppendWriter writer, Action<Exception> failed)
    {
        (this.table, this.activity, this.head, this.writer) = (table, activity, head, writer);
        rounds = new CommitRounds(table.CommitAsync, Comeback.WaitAsync);
        loop = new WorkLoop(
            StepAsync,
            (exception, isFirst) =>
            {
                if (isFirst)
                    failed(exception);
                head.Forget();
                first.ForEach(a => a.Complete(new Failure.OutcomeUnknown(StorageFault.DefaultRetryAfter)));
                first = [];
            }
        );
    }

    /// <summary>Records that wait to be stored.</summary>
    public int Waiting => Volatile.Read(ref waiting);

    public Task<Outcome<Appended>> AppendAsync(PendingAppend append)
    {
        Post(append);
        loop.Kick(here: true);
        return append.Completion;
    }

    /// <summary>Stores together, as far as they fit, in their order.</summary>
    public void AppendAll(IEnumerable<PendingAppend> appends)
    {
        foreach (var append in appends)
            Post(append);
        loop.Kick();
    }

    public Task WhenIdleAsync() => loop.WhenIdleAsync();

    private void Post(PendingAppend append)
    {
        Interlocked.Add(ref waiting, append.Records.Count);
        inbox.Enqueue(append);
    }

    private async Task<bool> StepAsync()
    {
        using var round = rounds.Enter();
        while (first.Count > 0 || !inbox.IsEmpty)
        {
            await head.BeginAsync();
            await round.TurnAsync();
            // Under throttling what comes in meanwhile shares the next write.
            await round.DuringAsync(table.WhenReadyAsync());
            Cut();
            if (await round.DuringAsync(activity.EnsureAsync().AsTask()) is { } unmarked)
            {
                first.ForEach(a => a.Complete(unmarked));
                first = [];
            }
            else
            {
                first = await writer.WriteAsync(round, AppendKeys.WithoutRepeats(first, Again));
            }

            loop.Progressed();
        }

        return false;
    }

    private void Again(PendingAppend append)
    {
        Post(append);
        loop.Kick();
    }

    /// <summary>Takes what one transaction can carry.</summary>
    private void Cut()
    {
        // The head, and a list of keys.
        int bytes = 0,
            operations = 2,
            records = 0;
        foreach (var append in first)
            Count(append);
        while (inbox.TryPeek(out var next))
        {
            Count(next);
            var rows = (bytes / RecordRows.MaxBytes) + (records / RecordRows.MaxRecords) + 1;
            var isFull = bytes > ShardTable.MaxTransactionBytes || rows + operations > ShardTable.MaxOperations || records > MaxRecords;
            if (isFull && first.Count > 0)
                break;
            inbox.TryDequeue(out _);
            Interlocked.Add(ref waiting, -next.Records.Count);
            first.Add(next);
        }

        void Count(PendingAppend append)
        {
            bytes += append.Bytes;
            operations += append.Uploads + (append.Key is null ? 0 : 1) + (append.Producer is null ? 0 : 1) + (append.Move is null ? 0 : 1);
            records += append.Records.Count;
        }
    }
}
