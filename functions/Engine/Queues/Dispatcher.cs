using FuncQueue.Engine.Decisions;
using FuncQueue.Engine.Receipts;
using FuncQueue.Engine.Shards;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Queues;

/// <summary>
/// Brings receivers and messages of one queue together, for its live messages or its dead letters. What this process enqueues reaches
/// waiting receivers without a scan of storage; for the rest storage is scanned while receivers wait (<see cref="ScanSchedule"/>).
/// </summary>
internal sealed class Dispatcher : IShardHost
{
    /// <summary>Scans that found messages which others got first, after which a receiver is told to come back later.</summary>
    private const int MaxLostRaces = 50;

    private readonly EngineContext context;
    private readonly QueueProfile queue;
    private readonly MessageSource source;
    private readonly WorkLoop loop;
    private readonly Wakeup wakeup;
    private volatile ShardSide[] shards = [];
    private volatile ScanHistory past = ScanHistory.None;

    public Dispatcher(EngineContext context, QueueProfile queue, MessageSource source)
    {
        this.context = context;
        this.queue = queue;
        this.source = source;
        wakeup = new Wakeup(context.Time);
        Receivers = new ReceiverQueue(context.Time);
        loop = new WorkLoop(StepAsync, OnUnexpected);
    }

    public QueueName Queue => queue.Name;

    public DeliveryPolicy Policy => queue.PolicyFor(source);

    public ReceiverQueue Receivers { get; }

    public bool ClockIsCertain => queue.ClockIsCertain;

    public bool Gives => source == MessageSource.DeadLetters || queue.Gives;

    public bool NothingIsReady => past.SawNothing && Array.TrueForAll(shards, shard => shard.Loop.NothingIsReady);

    /// <summary>Takes in a shard, before anything is known of it. For one thread at a time.</summary>
    public void Add(ShardSide shard) => shards = [.. shards, shard];

    public ValueTask<bool> GivesNowAsync() => source == MessageSource.DeadLetters ? new ValueTask<bool>(true) : queue.GivesNowAsync();

    public DeliveredMessage Deliver(Leased leased, bool withReceipt)
    {
        var (row, slot, state, written) = leased;
        var status = source == MessageSource.DeadLetters ? MessageStatus.DeadLettered : MessageStatus.Leased;
        var message = MessageView.Of(row, slot, state, status, queue.IsFifo);
        if (!withReceipt)
            return new DeliveredMessage(message, null);
        // The rows of a group depend on its lock, so their ETags do not suffice.
        var isLone = row.Count == 1 && row.Index.Messages[0].Payload is null && source == MessageSource.Live && !queue.IsFifo;
        var receipt = new Receipt(source, message.MessageId, state.LeaseId, state.VisibleAt, isLone ? written : null);
        return new DeliveredMessage(message, queue.Receipts.Encode(receipt));
    }

    public async Task<Outcome<IReadOnlyList<DeliveredMessage>>> ReceiveAsync(DequeueRequest request, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (!queue.ClockIsRight)
            return new Failure.StorageUnavailable(StorageFault.DefaultRetryAfter);
        if (!Gives)
            return new Failure.QueuePaused(queue.Name);
        if (Receivers.Count >= context.Options.MaxWaitingReceivers)
            return new Failure.Overloaded(StorageFault.DefaultRetryAfter);
        var deadline = context.Now + (context.Stopping ? TimeSpan.Zero : request.Wait);
        var receiver = new Receiver(request, request.VisibilityTimeout ?? Policy.VisibilityTimeout, deadline, CachedRow.Stamp());
        var first = Receivers.Add(receiver);
        // It may have been paused since, and those who waited been told.
        if (!Gives)
            CompleteAll(new Failure.QueuePaused(queue.Name));
        await using var cancelling = cancellationToken.UnsafeRegister(
            (_, token) =>
            {
                if (receiver.TryCancel(token))
                    Receivers.Remove(receiver);
            },
            null
        );
        foreach (var shard in shards)
            shard.Loop.Kick();
        if (wakeup.WakeFor(receiver.Deadline, first))
            loop.Kick();
        return await receiver.Completion;
    }

    public void Return(Receiver receiver)
    {
        Receivers.Return(receiver);
        Wake();
    }

    public void ScanAgain() => Wake(inHurry: true);

    public void OnReadFault(StorageFault fault) => Fail(fault.ToReadFailure());

    /// <summary>Answers every waiting receiver at once.</summary>
    public void CompleteAll(Outcome<IReadOnlyList<DeliveredMessage>> outcome)
    {
        foreach (var receiver in Receivers.TakeWhere(_ => true))
            receiver.TryComplete(outcome);
        Wake();
    }

    public Task WhenIdleAsync() => loop.WhenIdleAsync();

    private void Wake(bool inHurry = false)
    {
        wakeup.Wake(inHurry);
        loop.Kick();
    }

    private async Task<bool> StepAsync()
    {
        var woken = wakeup.Begin();
        await ServeAsync();
        // They had their scan: none is needed for nobody.
        if (AnswerEmpty() && Receivers.Count == 0)
            return false;
        switch (wakeup.Decide(Decide, context.Now))
        {
            case ScanStep.Rest:
                return false;
            case ScanStep.Wait(var pause):
                await wakeup.SleepAsync(pause, woken);
                break;
            // A scan also makes a clock certain that was set meanwhile.
            case ScanStep.Scan(var whole) when queue.ClockIsRight:
                await ScanAsync(whole);
                break;
            case ScanStep.Scan:
                past = past.AfterFault(shards.Length, context.Time.GetTimestamp());
                // All of them: nobody here can be served, and deadlines by a clock that was wrong mean nothing.
                CompleteAll(new Failure.StorageUnavailable(StorageFault.DefaultRetryAfter));
                break;
        }

        return Receivers.Count > 0;
    }

    private ScanStep Decide(bool arrived, bool hurry)
    {
        var (known, now) = (past, context.Now);
        return ScanSchedule.Decide(
            new ScanNeed
            {
                Past = known,
                SinceLast = known.EndedAt is { } ended ? context.Time.GetElapsedTime(ended) : null,
                Shards = shards.Length,
                AnybodyWaits = Receivers.Count > 0,
                UntilDeadline = Receivers.NextDeadline() - now,
                UntilDue = known.NextDue - now,
                Arrived = arrived,
                Hurry = hurry,
            }
        );
    }

    private async Task ScanAsync(bool whole)
    {
        var (all, began) = (shards, CachedRow.Stamp());
        var order = new ScanOrder(Math.Max(1, Receivers.Demand(1000)), whole, ScanSchedule.LongestOf(all.Length));
        ScanResult[] results;
        try
        {
            results = await Task.WhenAll(all.Select(s => s.Scanner.ScanAsync(order)));
        }
        catch (StorageFaultException exception)
        {
            past = past.AfterFault(all.Length, context.Time.GetTimestamp());
            Fail(exception.Fault.ToReadFailure());
            return;
        }

        past = past.After(results, began, context.Time.GetTimestamp());
        await ServeAsync();
        if (Array.TrueForAll(results, r => r.Found == 0))
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

    /// <summary>Lets every shard hand out what is known.</summary>
    private Task ServeAsync() => Receivers.Count == 0 ? Task.CompletedTask : Task.WhenAll(shards.Select(s => s.Loop.ServeAsync()));

    /// <summary>
    /// Tells receivers whose time is up that there is nothing, once a whole scan begun after they came says so. True if there were any.
    /// </summary>
    private bool AnswerEmpty()
    {
        var (now, lastEmpty) = (context.Now, past.LastEmpty);
        var over = Receivers.TakeWhere(r => r.Deadline <= now && r.Arrived < lastEmpty);
        foreach (var receiver in over)
            receiver.TryComplete(Array.Empty<DeliveredMessage>());
        return over.Count > 0;
    }

    /// <summary>There were messages and others got them: scan again, but not for ever.</summary>
    private void AnswerLost()
    {
        var now = context.Now;
        foreach (var receiver in Receivers.TakeWhere(r => r.Deadline <= now && ++r.LostRaces > MaxLostRaces))
            receiver.TryComplete(new Failure.Overloaded(StorageFault.DefaultRetryAfter));
    }

    private void OnUnexpected(Exception exception, bool first)
    {
        if (past.Failures == 0)
            EngineLog.LoopFailed(context.Log, exception, "receive", queue.Name.Value, "*");
        past = past.AfterFailure(shards.Length, context.Time.GetTimestamp());
        CompleteAll(new Failure.StorageUnavailable(StorageFault.DefaultRetryAfter));
    }
}
