using System.Collections.Concurrent;
using FuncQueue.Engine.Registry;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Shards;

/// <summary>
/// Inserts new messages into one shard, one write at a time: a lone call is written at once, those that come while a write is under
/// way share the next.
/// </summary>
internal sealed class EnqueueLoop
{
    private readonly ShardTable table;
    private readonly CommitRounds rounds;
    private readonly ActivityMarker activity;
    private readonly RowComposition composition;
    private readonly InsertWriter writer;
    private readonly WorkLoop loop;
    private readonly ConcurrentQueue<PendingEnqueue> inbox = new();
    private readonly ConcurrentQueue<Feed> feeds = new();

    // Those that others have overtaken come before those that came later; together they are what a step is about.
    private List<PendingEnqueue> first = [];

    // Messages that wait behind the first of those that they go with, which stands in the inbox for all.
    private int behind;

    /// <param name="failed">Told of what nobody foresaw.</param>
    public EnqueueLoop(
        ShardTable table,
        CommitRounds rounds,
        ActivityMarker activity,
        RowComposition composition,
        InsertWriter writer,
        Action<Exception> failed
    )
    {
        this.table = table;
        this.rounds = rounds;
        this.activity = activity;
        this.composition = composition;
        this.writer = writer;
        loop = new WorkLoop(
            StepAsync,
            (exception, isFirst) =>
            {
                if (isFirst)
                    failed(exception);
                first.ForEach(m => m.Complete(new Failure.OutcomeUnknown(StorageFault.DefaultRetryAfter)));
                first = [];
                writer.TakeBack();
            }
        );
    }

    /// <summary>Messages of callers that wait to be written.</summary>
    public int Waiting => inbox.Count + Volatile.Read(ref behind);

    /// <summary>Most messages of a row.</summary>
    public int MaxInRow => composition.MaxInRow;

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

    /// <summary>Enqueues what is stored as one.</summary>
    public void Enqueue(EnqueuedTogether together)
    {
        Interlocked.Add(ref behind, together.Messages.Count - 1);
        inbox.Enqueue(together.Messages[0]);
        loop.Kick();
    }

    /// <summary>Inserts what was taken from elsewhere; one feed of a cursor at a time.</summary>
    public Task<FeedEnd> FeedAsync(Feed feed)
    {
        feeds.Enqueue(feed);
        loop.Kick();
        return feed.Completion;
    }

    public Task WhenIdleAsync() => loop.WhenIdleAsync();

    private async Task<bool> StepAsync()
    {
        using var round = rounds.Enter();
        while (first.Count > 0 || !inbox.IsEmpty || !feeds.IsEmpty)
        {
            await composition.WhenWorthwhileAsync();
            await round.TurnAsync();
            // Under throttling what comes in meanwhile shares the next write.
            await round.DuringAsync(table.WhenReadyAsync());
            Cut();
            if (await round.DuringAsync(activity.EnsureAsync().AsTask()) is { } unmarked)
            {
                first.ForEach(m => m.Complete(unmarked));
                first = [];
            }
            else
            {
                first = await writer.WriteAsync(round, RememberedKeys.WithoutRepeats(first));
            }

            loop.Progressed();
        }

        return false;
    }

    /// <summary>Takes what one transaction can carry.</summary>
    private void Cut()
    {
        var load = new Load(composition);
        first.ForEach(load.Add);
        while (feeds.TryPeek(out var feed) && load.Takes(feed))
        {
            feeds.TryDequeue(out _);
            first.InsertRange(0, feed.Messages);
            load.Add(feed.Messages[0]);
        }

        while (inbox.TryPeek(out var next))
        {
            var all = next.Together?.Messages ?? [next];
            foreach (var message in all)
                load.Add(message);
            if (load.IsFull && first.Count > 0)
                break;
            inbox.TryDequeue(out _);
            Interlocked.Add(ref behind, 1 - all.Count);
            first.AddRange(all);
        }
    }
}
