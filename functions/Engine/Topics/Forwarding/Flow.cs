using FuncQueue.Engine.Shards;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Topics.Forwarding;

/// <summary>
/// Takes what a subscription takes of one partition into one shard of its target, one feed at a time. What it knows of its cursor may be
/// old; then a feed fails, and the cursor is read. Any number of processes may have one for the same cursor.
/// </summary>
internal sealed class Flow
{
    private readonly EngineContext context;
    private readonly FlowSteps steps;
    private readonly WorkLoop loop;
    private readonly Lock gate = new();
    private readonly List<(long Offset, TaskCompletionSource<bool> Reached)> waiting = [];

    // Changed by the step while it is busy, else under the lock.
    private FlowPlace? place;
    private bool busy;
    private bool isOver;
    private int asked = 1;
    private int seen;
    private long writeTo;

    public Flow(EngineContext context, FlowSteps steps)
    {
        this.context = context;
        this.steps = steps;
        loop = new WorkLoop(
            StepAsync,
            (exception, isFirst) =>
            {
                if (isFirst)
                    EngineLog.LoopFailed(context.Log, exception, "forward", steps.Subscription.Name, RowKeys.Partition(steps.Partition));
                lock (gate)
                    (place, busy) = (null, false);
            }
        );
    }

    public FlowSteps Steps => steps;

    /// <summary>The offset up to which it needs nothing of what this process has in memory.</summary>
    public long Looked
    {
        get
        {
            lock (gate)
                return isOver ? long.MaxValue : place?.Looked ?? 0;
        }
    }

    /// <summary>The cursor or the filters may be others, or there may be more records than this process knows: looks.</summary>
    public void Restart()
    {
        lock (gate)
        {
            asked++;
            isOver = false;
        }

        loop.Kick();
    }

    /// <summary>Takes note of a row that was appended: goes on if something in it may be for this one.</summary>
    public void Offer(ForwardedRow row)
    {
        lock (gate)
        {
            if (isOver)
                return;
            if (!busy && seen == asked && place is { } known && known.Looked == row.First && !steps.MayTake(row, known.Cursor))
            {
                place = known.Past(row);
                if (!place.IsFarAhead)
                    return;
            }
        }

        loop.Kick();
    }

    /// <summary>
    /// Completes when the cursor stands at an offset or behind it, or there is no open cursor any more; false when the process stops first.
    /// </summary>
    public Task<bool> ReachAsync(long offset)
    {
        var reached = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (gate)
        {
            if (context.Stopping)
                return Task.FromResult(false);
            waiting.Add((offset, reached));
            writeTo = Math.Max(writeTo, offset);
        }

        Restart();
        return reached.Task;
    }

    /// <summary>The process is about to stop: nobody waits any more.</summary>
    public void StopWaiting()
    {
        lock (gate)
        {
            foreach (var (_, reached) in waiting)
                reached.TrySetResult(false);
            waiting.Clear();
        }
    }

    public Task WhenIdleAsync() => loop.WhenIdleAsync();

    private async Task<bool> StepAsync()
    {
        var pause = new FlowPause();
        lock (gate)
            busy = true;
        while (!context.Stopping && !pause.IsEnough)
        {
            try
            {
                if (!await GoOnAsync(pause))
                    break;
            }
            catch (StorageFaultException)
            {
                place = null;
                await pause.AfterFailureAsync();
            }
        }

        lock (gate)
            busy = false;
        Tell();
        return false;
    }

    /// <summary>One feed, or a look at what there is; false when nothing is left to do.</summary>
    private async Task<bool> GoOnAsync(FlowPause pause)
    {
        var now = Volatile.Read(ref asked);
        if (seen != now)
            place = null;
        seen = now;
        if (await steps.FindAsync() is not { } into || (place ?? await steps.ReadAsync(into)) is not { } at)
            return !TryEnd(now);
        var step = await steps.GoOnAsync(into, at);
        if (
            step is { Place: { } reached }
            && (reached.IsFarAhead || (step.End == FlowStepEnd.AtEnd && (reached.HasJudged || MustWrite(reached))))
        )
            step = await FlowSteps.MoveAsync(into, reached);
        place = step.Place;
        Tell();
        switch (step.End)
        {
            case FlowStepEnd.Passed:
                await FlowPause.BehindOthersAsync();
                return true;
            case FlowStepEnd.Failed:
                await pause.AfterFailureAsync();
                return true;
            default:
                pause.GotOn();
                return step.End != FlowStepEnd.AtEnd;
        }
    }

    private bool TryEnd(int when)
    {
        lock (gate)
            return isOver = when == asked;
    }

    /// <summary>Whether somebody waits for the cursor, which is behind what was looked at.</summary>
    private bool MustWrite(FlowPlace at)
    {
        lock (gate)
            return writeTo > at.Cursor.Next && at.Looked > at.Cursor.Next;
    }

    private void Tell()
    {
        lock (gate)
        {
            waiting.RemoveAll(w =>
                (isOver || (seen == asked && place is { } at && at.Cursor.Next >= w.Offset)) && w.Reached.TrySetResult(true)
            );
            if (waiting.Count == 0)
                writeTo = 0;
        }
    }
}
