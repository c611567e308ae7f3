using System.Text;

namespace FuncQueue.Engine.Tests.Model;

/// <summary>
/// What the contract says of one message, by the clock and the settings of its queue. Where the contract leaves room (the jitter of a
/// backoff, whether anybody has noticed yet that the message is over), the model says what may be.
/// </summary>
public sealed class MessageModel(QueueModel queue)
{
    /// <summary>A backoff may be up to a fifth shorter.</summary>
    private const double ShortestBackoff = 0.8;

    private (DateTimeOffset From, DateTimeOffset By) ready;
    private (TimeSpan Least, TimeSpan Most)? earlierBackoffs;

    public required MessageId Id { get; init; }

    /// <summary>Body, attributes, group and so on, as enqueued.</summary>
    public required NewMessage Sent { get; init; }

    public required DateTimeOffset EnqueuedAt { get; init; }

    /// <summary>On FIFO queues.</summary>
    public required long? SequenceNumber { get; init; }

    /// <summary>The dead letter that this message was.</summary>
    public MessageModel? Original { get; init; }

    /// <summary>The other queue among whose dead letters it was.</summary>
    public string? MovedFrom { get; init; }

    /// <summary>When it was to be delivered first.</summary>
    public required DateTimeOffset DueAt
    {
        get;
        init => (field, ready) = (value, (value, value));
    }

    public required DateTimeOffset? ExpiresAt { get; set; }

    public DateTimeOffset? FirstDeliveredAt { get; private set; }

    public int DeliveryCount { get; private set; }

    /// <summary>The end of the last lease, unless it was given back.</summary>
    public DateTimeOffset? LeasedUntil { get; private set; }

    /// <summary>The receipt that is good now.</summary>
    public string? Receipt { get; private set; }

    /// <summary>The dequeue that handed it out last.</summary>
    public int Call { get; private set; }

    public bool IsDead => DiedAt is not null;

    public DateTimeOffset? DiedAt { get; private set; }

    public string? Reason { get; private set; }

    public bool IsGone { get; private set; }

    /// <summary>It has expired, and somebody may have dropped it.</summary>
    public bool MayBeDropped { get; private set; }

    public string Text => Encoding.UTF8.GetString(Sent.Body.Bytes.Span);

    public string? Group => Sent.GroupId;

    public DateTimeOffset Now => queue.Now;

    /// <summary>Somebody holds it.</summary>
    public bool IsOut => !IsGone && Now < LeasedUntil;

    public bool IsExpired => ExpiresAt <= Now;

    /// <summary>Past its time to live or its deliveries: whoever notices drops or dead-letters it.</summary>
    public bool IsOver => !IsGone && !IsOut && (IsExpired || AtLastDelivery);

    /// <summary>Whether who notices drops it.</summary>
    public bool IsToBeDropped => IsOver && IsExpired && (IsDead || queue.Settings.OnExpiry == ExpiryAction.Drop);

    private bool AtLastDelivery => !IsDead && DeliveryCount >= queue.Settings.MaxDeliveryCount;

    /// <summary>Not before this instant is it delivered again.</summary>
    public DateTimeOffset ReadyFrom => LeasedUntil is { } end ? end + ShortestBackoff * Backoffs.Least : ready.From;

    /// <summary>From this instant on it is delivered for certain.</summary>
    public DateTimeOffset ReadyBy => LeasedUntil is { } end ? end + Backoffs.Most : ready.By;

    public bool MayBeDelivered => !IsGone && !IsOut && !IsOver && ReadyFrom <= Now;

    /// <summary>What a look may find: one status, or two while jitter decides; none when the message is gone, or has expired.</summary>
    public IReadOnlyList<MessageStatus> Statuses => this switch
    {
        { IsGone: true } or { IsOut: false, IsExpired: true } => [],
        { IsDead: true } => [MessageStatus.DeadLettered],
        { IsOut: true } => [MessageStatus.Leased],
        { IsOver: true } => [MessageStatus.Ready],
        _ when ReadyBy <= Now => [MessageStatus.Ready],
        _ when ReadyFrom <= Now => [MessageStatus.Ready, MessageStatus.Scheduled],
        _ => [MessageStatus.Scheduled],
    };

    public void Deliver(string? receipt, DateTimeOffset until, int call)
    {
        if (!IsDead)
            DeliveryCount++;
        FirstDeliveredAt ??= Now;
        IsGone = receipt is null;
        (Receipt, Call) = (receipt, call);
        LeaseUntil(until);
    }

    public void Nack(TimeSpan? delay, string? reason)
    {
        if (AtLastDelivery)
            Die(reason ?? "max-delivery-count-exceeded");
        else if (delay is { } exactly)
            GiveBack(exactly, exactly);
        else
            GiveBack(ShortestBackoff * Backoff, Backoff);
    }

    public void LeaseUntil(DateTimeOffset end) => (LeasedUntil, earlierBackoffs) = (end, null);

    /// <summary>Somebody has noticed that the message is over.</summary>
    public void End()
    {
        if (IsToBeDropped)
            Remove();
        else
            Die(IsExpired ? "expired" : "max-delivery-count-exceeded");
    }

    /// <summary>Somebody may have noticed that the message is to be dropped.</summary>
    public void DoubtPresence() => MayBeDropped |= IsToBeDropped;

    public void Remove() => IsGone = true;

    public void Die(string reason)
    {
        (DiedAt, Reason, MayBeDropped) = (Now, reason, false);
        ExpiresAt = Now + queue.Settings.DeadLetterTimeToLive;
        GiveBack(TimeSpan.Zero, TimeSpan.Zero);
    }

    /// <summary>
    /// The queue's settings are about to change. If the lease has ended, its backoff is the one of the settings under which somebody
    /// noticed that, then or later.
    /// </summary>
    public void KeepBackoffInMind()
    {
        if (LeasedUntil <= Now)
            earlierBackoffs = Backoffs;
    }

    private void GiveBack(TimeSpan least, TimeSpan most) => (Receipt, LeasedUntil, ready) = (null, null, (Now + least, Now + most));

    private (TimeSpan Least, TimeSpan Most) Backoffs => earlierBackoffs is { } known
        ? (known.Least < Backoff ? known.Least : Backoff, known.Most > Backoff ? known.Most : Backoff)
        : (Backoff, Backoff);

    private TimeSpan Backoff
    {
        get
        {
            var backoff = queue.Settings.RetryBackoff;
            var exponential = backoff.Initial * Math.Pow(2, DeliveryCount - 1);
            return IsDead ? TimeSpan.Zero : exponential < backoff.Max ? exponential : backoff.Max;
        }
    }
}
