using System.Collections.Concurrent;
using FuncQueue.Engine.Shards;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Topics.Groups;

/// <summary>
/// Changes one group on behalf of this process, one transaction at a time: calls that come while one is under way share the next. It
/// remembers the group as it was last read or written, which is enough to write by, since every row is written only if it is as it was
/// taken to be; and enough to tell of, as long as this process alone does (<see cref="GroupServing"/>).
/// </summary>
internal sealed class GroupLoop
{
    private const int MaxAttempts = 100;

    private readonly EngineContext context;
    private readonly ShardTable table;
    private readonly string partition;
    private readonly GroupWriter writer;
    private readonly WorkLoop loop;
    private readonly Contention contention = new(TimeProvider.System, Random.Shared.NextDouble);
    private readonly ConcurrentQueue<GroupAsk> inbox = new();
    private List<GroupAsk> asks = [];
    private GroupState? known;
    private long readAt;
    private TaskCompletionSource changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <param name="context">Of the process.</param>
    /// <param name="table">The group's rows.</param>
    /// <param name="topicTable">The table that they are in.</param>
    /// <param name="group">The group.</param>
    public GroupLoop(EngineContext context, ShardTable table, string topicTable, QueueName group)
    {
        (this.context, this.table, partition) = (context, table, GroupRows.PartitionOf(group));
        writer = new GroupWriter(context, table, topicTable, partition);
        loop = new WorkLoop(
            StepAsync,
            (exception, isFirst) =>
            {
                if (isFirst)
                    EngineLog.LoopFailed(context.Log, exception, "group", topicTable, partition);
                known = null;
                Complete(new Failure.OutcomeUnknown(StorageFault.DefaultRetryAfter));
            }
        );
    }

    /// <summary>Whether nothing is under way.</summary>
    public bool IsIdle => inbox.IsEmpty && loop.WhenIdleAsync().IsCompleted;

    public Task<Failure?> RunAsync(GroupAsk ask)
    {
        inbox.Enqueue(ask);
        loop.Kick(here: true);
        return ask.Completion;
    }

    public Task WhenIdleAsync() => loop.WhenIdleAsync();

    private async Task<bool> StepAsync()
    {
        while (inbox.TryDequeue(out var ask))
        {
            asks.Add(ask);
            // Behind it there is another group, or none.
            if (ask is DeleteAsk)
                break;
        }

        if (asks.Count == 0)
            return false;
        if (known is not null && context.Time.GetElapsedTime(readAt) > GroupServing.MaxAge)
            known = null;
        for (var attempt = 0; asks.Count > 0; attempt++)
        {
            if (attempt >= MaxAttempts)
            {
                Complete(new Failure.StorageUnavailable(StorageFault.DefaultRetryAfter));
                break;
            }

            await TryAsync();
        }

        return true;
    }

    /// <summary>Decides and writes; whoever has no answer then is asked again.</summary>
    private async Task TryAsync()
    {
        if (contention.NextPause() is { Ticks: > 0 } pause)
            await Task.Delay(pause, TimeProvider.System);
        contention.Begin();
        var isFresh = known is null;
        if (known is null && await ReadAsync() is { } unread)
        {
            Complete(unread);
            return;
        }

        var draft = new GroupDraft(known!, context.Now, context.Options.ClockSkewBound, GroupDraft.RandomHold);
        var failures = asks.Select(ask => ask.Apply(draft)).ToList();
        // What is refused by what was known may not be refused by what is there.
        if (!isFresh && (failures.Exists(f => f is not null) || asks.Exists(a => a.Looks)))
        {
            known = null;
            return;
        }

        var relied = draft.Head is null ? [] : asks.SelectMany(a => a.Relies).ToHashSet();
        var isChanged = GroupWrite.Compose(partition, draft.Before, draft.After).Operations.Count > 0;
        if (!isChanged && (isFresh || relied.All(p => GroupServing.IsServedBy(draft.Holds[p], context.Process, draft.Now))))
        {
            Answer(failures, draft);
            return;
        }

        if (!isChanged && !relied.All(p => GroupServing.MayServe(draft.Holds[p], context.Process, draft.Now, draft.Skew)))
        {
            known = null;
            return;
        }

        Stamp(draft, relied);
        await WriteAsync(GroupWrite.Compose(partition, draft.Before, draft.After), failures, draft);
    }

    private async Task WriteAsync(GroupWrite write, List<Failure?> failures, GroupDraft draft)
    {
        switch (await writer.WriteAsync(write))
        {
            case GroupFate.Written(var now):
                known = now;
                contention.GotOn();
                // Before they are answered: they know already.
                if (Differ(draft.Before, now))
                    Wake();
                Answer(failures, draft);
                break;
            case GroupFate.Overtaken(var mayHaveHappened):
                known = null;
                contention.Overtaken();
                if (mayHaveHappened)
                    asks.ForEach(a => a.MayHaveHappened = true);
                break;
            case GroupFate.Failed(var failure):
                known = null;
                Complete(failure);
                break;
        }
    }

    private async Task<Failure?> ReadAsync()
    {
        var at = context.Time.GetTimestamp();
        try
        {
            known = await writer.ReadAsync(CancellationToken.None);
            readAt = at;
            return null;
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

    /// <summary>
    /// Rows that change, and those that somebody relies on, are written by this process: so it is known that they were as they were.
    /// </summary>
    private void Stamp(GroupDraft draft, HashSet<int> relied)
    {
        foreach (var (i, hold) in draft.Holds.ToList().Index())
        {
            var isChanged = i >= draft.Before.Holds.Count || draft.Before.Holds[i] != hold;
            if (!isChanged && !relied.Contains(i))
                continue;
            var stamped = GroupServing.WrittenBy(hold, context.Process, draft.Now, draft.Skew);
            // Any difference will do; the transaction's own id makes one.
            draft.Set(stamped with { Write = Guid.Empty });
        }
    }

    private void Answer(List<Failure?> failures, GroupDraft draft)
    {
        for (var i = 0; i < asks.Count; i++)
        {
            asks[i].Changed = Volatile.Read(ref changed).Task;
            var told = draft.Head is null ? draft.Before.Holds : asks[i].Relies.Select(p => draft.Holds[p]);
            asks[i].AnswerAt = told.Select(h => GroupServing.AnswerAt(h, context.Process, draft.Now, draft.Skew)).Max();
            asks[i].Complete(failures[i]);
        }

        asks = [];
    }

    /// <summary>Whether other members have something to learn: who is there, who holds what, and who waits for it.</summary>
    private static bool Differ(GroupState before, GroupState now) =>
        before.Head?.Changes != now.Head?.Changes
        || before.Holds.Count != now.Holds.Count
        || before.Holds.Zip(now.Holds).Any(h => h.First.Hold != h.Second.Hold || h.First.WantedBy != h.Second.WantedBy);

    /// <summary>Wakes members that wait for something to happen to the group.</summary>
    public void Wake() =>
        Interlocked.Exchange(ref changed, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();

    private void Complete(Failure failure)
    {
        asks.ForEach(a => a.Complete(failure));
        asks = [];
    }
}
