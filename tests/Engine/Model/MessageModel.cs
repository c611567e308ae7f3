using System.Text;

namespace FuncQueue.Engine.Tests.Model;

/// <summary>
/// What the contract says of one message, by the clock and the settings of its queue. Where the contract leaves room (the jitter of a
/// backoff, whether anybody has noticed yet that the message is over), the model says what may be. A value: changes make another one.
/// </summary>
public sealed record MessageModel(QueueModel Queue)
{
    /// <summary>A backoff may be up to a fifth shorter.</summary>
    private const double ShortestBackoff = 0.8;

    public required MessageId Id { get; init; }

    /// <summary>Body, attributes, group and so on, as enqueued.</summary>
    public required NewMessage Sent { get; init; }

    public required DateTimeOffset EnqueuedAt { get; init; }

    /// <summary>On FIFO queues.</summary>
    public required long? SequenceNumber { get; init; }

    /// <summary>What it was enqueued as, if it has been a dead letter since.</summary>
    public MessageId? Original { get; init; }

    /// <summary>The id that its producer was told.</summary>
    public MessageId FirstId => Original ?? Id;

    /// <summary>The other queue among whose dead letters it was.</summary>
    public string? MovedFrom { get; init; }

    /// <summary>What makes an enqueue a repeat of this one; null: nothing.</summary>
    public string? DeduplicationKey { get; init; }

    /// <summary>Before this instant it does.</summary>
    public DateTimeOffset DeduplicatedUntil { get; init; }

    /// <summary>When it was to be delivered first.</summary>
    public required DateTimeOffset DueAt { get; init; }

    public required DateTimeOffset? ExpiresAt { get; init; }

    public DateTimeOffset? FirstDeliveredAt { get; private init; }

    public int DeliveryCount { get; private init; }

    /// <summary>The end of the last lease, unless it was given back.</summary>
    public DateTimeOffset? LeasedUntil { get; private init; }

    /// <summary>The receipt that is good now.</summary>
    public string? Receipt { get; private init; }

    /// <summary>On FIFO queues: nobody has taken the group since its lease ended.</summary>
    public bool HoldsGroup { get; init; }

    public DateTimeOffset? DiedAt { get; private init; }

    public string? Reason { get; private init; }

    public bool IsGone { get; private init; }

    /// <summary>It is over, and somebody may have noticed.</summary>
    public bool MayHaveEnded { get; private init; }

    /// <summary>Given back: the instants between which it becomes ready.</summary>
    private (DateTimeOffset From, DateTimeOffset By)? Back { get; init; }

    /// <summary>The backoffs of earlier settings under which somebody may have noticed the end of the lease.</summary>
    private (TimeSpan Least, TimeSpan Most)? EarlierBackoffs { get; init; }

    public string Text => Encoding.UTF8.GetString(Sent.Body.Bytes.Span).TrimEnd();

    public string? Group => Sent.GroupId;

    public bool IsDead => DiedAt is not null;

    private DateTimeOffset Now => Queue.Now;

    /// <summary>Somebody holds it.</summary>
    public bool IsOut => !IsGone && Now < LeasedUntil;

    private bool IsExpired => ExpiresAt <= Now;

    /// <summary>Past its time to live or its deliveries: whoever notices drops or dead-letters it.</summary>
    public bool IsOver => !IsGone && !IsOut && (IsExpired || AtLastDelivery);

    /// <summary>Whether who notices drops it.</summary>
    public bool IsToBeDropped => IsOver && IsExpired && (IsDead || Queue.Settings.OnExpiry == ExpiryAction.Drop);

    private bool AtLastDelivery => !IsDead && DeliveryCount >= Queue.Settings.MaxDeliveryCount;

    /// <summary>Not before this instant is it delivered again.</summary>
    public DateTimeOffset ReadyFrom => LeasedUntil is { } end ? end + ShortestBackoff * Backoffs.Least : Back?.From ?? DueAt;

    /// <summary>From this instant on it is delivered for certain.</summary>
    public DateTimeOffset ReadyBy => LeasedUntil is { } end ? end + Backoffs.Most : Back?.By ?? DueAt;

    public bool MayBeDelivered => !IsGone && !IsOut && !IsOver && ReadyFrom <= Now;

    public bool IsDelivered => MayBeDelivered && ReadyBy <= Now;

    /// <summary>What a look may find: one status, or two while jitter decides; none when the message is gone, or has expired.</summary>
    public IReadOnlyList<MessageStatus> Statuses =>
        this switch
        {
            { IsGone: true } or { IsOut: false, IsExpired: true } => [],
            { IsDead: true } => [MessageStatus.DeadLettered],
            { IsOut: true } => [MessageStatus.Leased],
            { IsOver: true } => [MessageStatus.Ready],
            _ when ReadyBy <= Now => [MessageStatus.Ready],
            _ when ReadyFrom <= Now => [MessageStatus.Ready, MessageStatus.Scheduled],
            _ => [MessageStatus.Scheduled],
        };

    public MessageModel Deliver(string? receipt, DateTimeOffset until) =>
        LeaseUntil(until) with
        {
            DeliveryCount = IsDead ? DeliveryCount : DeliveryCount + 1,
            FirstDeliveredAt = FirstDeliveredAt ?? Now,
            Receipt = receipt,
            IsGone = receipt is null,
        };

    public MessageModel Settle(Settlement settlement) =>
        settlement switch
        {
            Settlement.Ack => Remove(),
            Settlement.Nack(_, var reason) when AtLastDelivery => Die(reason ?? "max-delivery-count-exceeded"),
            Settlement.Nack({ } delay, _) => GiveBack(delay, delay),
            Settlement.Nack => GiveBack(ShortestBackoff * Backoff, Backoff),
            Settlement.Extend(var timeout) => LeaseUntil(Now + (timeout ?? Queue.Settings.VisibilityTimeout)),
            Settlement.Release => Release(),
            Settlement.DeadLetter(var reason) => Die(reason ?? "dead-lettered-by-consumer"),
            _ => throw new NotSupportedException($"{settlement}"),
        };

    public MessageModel Remove() => this with { IsGone = true };

    /// <summary>Somebody has noticed that the message is over.</summary>
    public MessageModel End() => IsToBeDropped ? Remove() : Die(IsExpired ? "expired" : "max-delivery-count-exceeded");

    /// <summary>Somebody may have noticed that the message is over.</summary>
    public MessageModel Doubt() => this with { MayHaveEnded = MayHaveEnded || IsOver };

    /// <summary>Nobody has noticed that the message is over.</summary>
    public MessageModel Confirm() => this with { MayHaveEnded = false };

    /// <summary>
    /// The queue's settings are about to change. If the lease has ended, its backoff is the one of the settings under which somebody
    /// noticed that, then or later.
    /// </summary>
    public MessageModel KeepBackoff() => LeasedUntil <= Now ? this with { EarlierBackoffs = Backoffs } : this;

    private MessageModel LeaseUntil(DateTimeOffset end) => this with { LeasedUntil = end, HoldsGroup = true, EarlierBackoffs = null };

    private MessageModel GiveBack(TimeSpan least, TimeSpan most) =>
        this with
        {
            Receipt = null,
            LeasedUntil = null,
            HoldsGroup = false,
            Back = (Now + least, Now + most),
        };

    /// <summary>As if it had not been delivered. Dead letters do not count deliveries.</summary>
    private MessageModel Release()
    {
        var count = IsDead ? DeliveryCount : DeliveryCount - 1;
        return GiveBack(TimeSpan.Zero, TimeSpan.Zero) with
        {
            DeliveryCount = count,
            FirstDeliveredAt = count == 0 ? null : FirstDeliveredAt,
        };
    }

    private MessageModel Die(string reason) =>
        GiveBack(TimeSpan.Zero, TimeSpan.Zero) with
        {
            DiedAt = Now,
            Reason = reason,
            ExpiresAt = Now + Queue.Settings.DeadLetterTimeToLive,
            MayHaveEnded = false,
        };

    private (TimeSpan Least, TimeSpan Most) Backoffs =>
        EarlierBackoffs is { } earlier
            ? (earlier.Least < Backoff ? earlier.Least : Backoff, earlier.Most > Backoff ? earlier.Most : Backoff)
            : (Backoff, Backoff);

    private TimeSpan Backoff
    {
        get
        {
            var backoff = Queue.Settings.RetryBackoff;
            var exponential = backoff.Initial * Math.Pow(2, DeliveryCount - 1);
            return IsDead ? TimeSpan.Zero
                : exponential < backoff.Max ? exponential
                : backoff.Max;
        }
    }
}
