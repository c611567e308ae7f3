using FuncQueue.Engine.Decisions;
using FuncQueue.Engine.Receipts;
using FuncQueue.Engine.Shards;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Queues;

/// <summary>
/// Brings receivers and messages of one queue together, for its live messages or its dead letters. What this process enqueues
/// reaches waiting receivers without a look at storage; for the rest it looks while receivers wait, at first at once, then at
/// growing intervals. Nobody waits: no request.
/// </summary>
internal sealed class Dispatcher : IShardHost
{
    private static readonly TimeSpan MinInterval = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan MaxInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan AttendedFor = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Forever = TimeSpan.FromDays(1);

    /// <summary>Later than any deadline: whoever comes makes the poller go on.</summary>
    private static readonly DateTimeOffset Awake = DateTimeOffset.MaxValue;

    /// <summary>Pages of a walk that nobody waits for urgently.</summary>
    private const int LeisurelyPages = 4;

    /// <summary>Walks that found messages which others got first, after which a receiver is told to come back later: there is no end in sight.</summary>
    private const int MaxLostRaces = 50;

    private readonly EngineContext context;
    private readonly QueueRuntime queue;
    private readonly MessageSource source;
    private readonly WorkLoop poller;
    private readonly Lock gate = new();
    private TaskCompletionSource wake = NewSignal();
    private DateTimeOffset sleepsUntil = Awake;
    private TimeSpan interval = MinInterval;
    private long lastReceive;
    private long lastWalk;
    private bool walked;
    private long lastEmptyWalk;
    private volatile bool sawNothing;
    private volatile bool hurry;
    private DateTimeOffset? nextDue;

    public Dispatcher(EngineContext context, QueueRuntime queue, MessageSource source)
    {
        this.context = context;
        this.queue = queue;
        this.source = source;
        poller = new WorkLoop(PollAsync, OnUnexpected);
    }

    public QueueName Queue => queue.Name;

    public DeliveryPolicy Policy => queue.PolicyFor(source);

    public ReceiverQueue Receivers { get; } = new();

    public bool ClockIsCertain => queue.ClockIsCertain;

    public bool NothingIsReady
    {
        get
        {
            if (!sawNothing)
                return false;
            foreach (var shard in queue.Shards)
            {
                if (!shard.LoopOf(source).NothingIsReady)
                    return false;
            }

            return true;
        }
    }

    /// <summary>Longer with more shards, since a walk looks at each: a process makes about 40 looks a second, however many there are.</summary>
    private TimeSpan ShortestInterval => TimeSpan.FromTicks(Math.Min(MaxInterval.Ticks, MinInterval.Ticks * queue.Shards.Count));

    public DeliveredMessage Deliver(Leased leased, bool withReceipt)
    {
        var (row, slot, state, written) = leased;
        var status = source == MessageSource.DeadLetters ? MessageStatus.DeadLettered : MessageStatus.Leased;
        var message = MessageView.Of(row, slot, state, status, queue.IsFifo);
        if (!withReceipt)
            return new DeliveredMessage(message, null);
        // The rows of a group depend on its lock, so their ETags do not suffice.
        var isLone = row.Count == 1 && row.Index.Messages[0].Payload is null && source == MessageSource.Live && !queue.IsFifo;
        return new DeliveredMessage(message, queue.Receipts.Encode(new Receipt(source, message.MessageId, state.LeaseId, state.VisibleAt, isLone ? written : null)));
    }

    /// <summary>Whether somebody waits here or has received lately: else what this process enqueues need not be kept in mind for anybody.</summary>
    public bool IsAttended => Receivers.Count > 0 || (Volatile.Read(ref lastReceive) is not 0 and var at && context.Time.GetElapsedTime(at) < AttendedFor);

    public async Task<Outcome<IReadOnlyList<DeliveredMessage>>> ReceiveAsync(DequeueRequest request, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (!queue.ClockIsRight)
            return new Failure.StorageUnavailable(StorageFault.DefaultRetryAfter);
        if (Receivers.Count >= context.Options.MaxWaitingReceivers)
            return new Failure.Overloaded(StorageFault.DefaultRetryAfter);
        var receiver = new Receiver(request, request.VisibilityTimeout ?? Policy.VisibilityTimeout, context.Now + (context.Stopping ? TimeSpan.Zero : request.Wait), CachedRow.Stamp());
        Receivers.Add(receiver);
        Volatile.Write(ref lastReceive, context.Time.GetTimestamp());
        await using var cancelling = cancellationToken.UnsafeRegister(
            (_, token) =>
            {
                if (receiver.TryCancel(token))
                    Receivers.Remove(receiver);
            },
            null);
        foreach (var shard in queue.Shards)
            shard.LoopOf(source).Kick();
        WakeFor(receiver);
        return await receiver.Completion;
    }

    public void Return(Receiver receiver)
    {
        Receivers.Return(receiver);
        Wake();
    }

    public void LookAgain()
    {
        hurry = true;
        Wake();
    }

    public void OnReadFault(StorageFault fault) => Fail(fault.ToReadFailure());

    /// <summary>Answers every waiting receiver at once.</summary>
    public void CompleteAll(Outcome<IReadOnlyList<DeliveredMessage>> outcome)
    {
        foreach (var receiver in Receivers.TakeWhere(_ => true))
            receiver.TryComplete(outcome);
        Wake();
    }

    public Task WhenIdleAsync() => poller.WhenIdleAsync();

    private void Wake()
    {
        lock (gate)
            wake.TrySetResult();
        poller.Kick();
    }

    /// <summary>As <see cref="Wake"/>, unless the poller will be awake in time for this receiver anyhow.</summary>
    private void WakeFor(Receiver receiver)
    {
        lock (gate)
        {
            if (sleepsUntil <= receiver.Deadline)
                return;
        }

        Wake();
    }

    private async Task<bool> PollAsync()
    {
        Task woken;
        lock (gate)
        {
            if (wake.Task.IsCompleted)
                wake = NewSignal();
            woken = wake.Task;
        }

        await ServeAsync();
        AnswerEmpty();
        var sinceWalk = walked ? context.Time.GetElapsedTime(lastWalk) : Forever;
        var anybody = Receivers.Count > 0;
        // Even when all are served from memory: what others nacked or left must be found.
        if (!anybody && sinceWalk < MaxInterval)
            return false;
        var urgent = Receivers.NextDeadline() <= context.Now;
        if (!urgent && !hurry && sinceWalk < interval && !(nextDue <= context.Now))
        {
            TimeSpan pause;
            lock (gate)
            {
                // A receiver that is added later finds the gate closed until this is known.
                var now = context.Now;
                pause = Min(interval - sinceWalk, Receivers.NextDeadline() - now, nextDue - now);
                sleepsUntil = now + pause;
            }

            using var cancel = new CancellationTokenSource();
            await Task.WhenAny(woken, Task.Delay(pause > TimeSpan.FromMilliseconds(1) ? pause : TimeSpan.FromMilliseconds(1), context.Time, cancel.Token));
            await cancel.CancelAsync();
            lock (gate)
                sleepsUntil = Awake;
            return Receivers.Count > 0;
        }

        // A walk also makes a clock certain that was set meanwhile.
        if (queue.ClockIsRight)
        {
            await WalkAsync(urgent);
        }
        else
        {
            Walked(MaxInterval, null);
            // All of them: nobody here can be served, and deadlines by a clock that was wrong mean nothing.
            CompleteAll(new Failure.StorageUnavailable(StorageFault.DefaultRetryAfter));
        }

        return Receivers.Count > 0;
    }

    private async Task WalkAsync(bool urgent)
    {
        hurry = false;
        var began = CachedRow.Stamp();
        var wanted = Math.Max(1, Receivers.Demand(1000));
        ScanResult[] results;
        try
        {
            results = await Task.WhenAll(queue.Shards.Select(s => s.ScannerOf(source).WalkAsync(wanted, urgent ? int.MaxValue : LeisurelyPages)));
        }
        catch (StorageFaultException exception)
        {
            Walked(TimeSpan.FromTicks(Math.Min(MaxInterval.Ticks, interval.Ticks * 2)), null);
            Fail(exception.Fault.ToReadFailure());
            return;
        }

        var found = results.Sum(r => r.Found);
        Walked(found > 0 ? ShortestInterval : TimeSpan.FromTicks(Math.Min(MaxInterval.Ticks, interval.Ticks * 2)), results.Min(r => r.NextDue));
        // What was found may go to others first: then only another walk can say that there is nothing.
        sawNothing = found == 0 && Array.TrueForAll(results, r => r.Complete);
        if (sawNothing)
            lastEmptyWalk = began;
        await ServeAsync();
        if (found == 0)
            AnswerEmpty();
        else
            AnswerLost();
    }

    /// <summary>Tells the receivers that cannot wait, or all when the queue is gone.</summary>
    private void Fail(Failure failure)
    {
        var now = context.Now;
        foreach (var receiver in Receivers.TakeWhere(r => failure is Failure.QueueGone || r.Deadline <= now))
            receiver.TryComplete(failure);
    }

    private void Walked(TimeSpan nextInterval, DateTimeOffset? due)
    {
        interval = nextInterval;
        nextDue = due;
        lastWalk = context.Time.GetTimestamp();
        walked = true;
    }

    /// <summary>Lets every shard hand out what is known.</summary>
    private Task ServeAsync() => Receivers.Count == 0 ? Task.CompletedTask : Task.WhenAll(queue.Shards.Select(s => s.LoopOf(source).ServeAsync()));

    /// <summary>Tells receivers whose time is up that there is nothing, once a whole walk begun after they came says so.</summary>
    private void AnswerEmpty()
    {
        var now = context.Now;
        foreach (var receiver in Receivers.TakeWhere(r => r.Deadline <= now && r.Arrived < lastEmptyWalk))
            receiver.TryComplete(Array.Empty<DeliveredMessage>());
    }

    /// <summary>There were messages and others got them: walk again, but not for ever.</summary>
    private void AnswerLost()
    {
        var now = context.Now;
        foreach (var receiver in Receivers.TakeWhere(r => r.Deadline <= now && ++r.LostRaces > MaxLostRaces))
            receiver.TryComplete(new Failure.Overloaded(StorageFault.DefaultRetryAfter));
    }

    private void OnUnexpected(Exception exception)
    {
        EngineLog.LoopFailed(context.Log, exception, "poll", queue.Name.Value, "*");
        CompleteAll(new Failure.StorageUnavailable(StorageFault.DefaultRetryAfter));
    }

    private static TimeSpan Min(TimeSpan pause, TimeSpan? deadline, TimeSpan? due)
    {
        if (deadline < pause)
            pause = deadline.Value;
        return due < pause ? due.Value : pause;
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
