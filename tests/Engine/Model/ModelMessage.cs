namespace FuncQueue.Engine.Tests.Model;

/// <summary>What the contract says of one message: a plain description, with nothing of rows, batches or processes in it.</summary>
public sealed class ModelMessage(MessageId id, string text, DateTimeOffset visibleAt, DateTimeOffset? expiresAt, QueueSettings settings)
{
    public MessageId Id => id;

    public string Text => text;

    public DateTimeOffset VisibleAt { get; private set; } = visibleAt;

    public DateTimeOffset? ExpiresAt { get; private set; } = expiresAt;

    public int DeliveryCount { get; private set; }

    public bool IsLeased { get; private set; }

    public bool IsDead { get; private set; }

    public bool IsGone { get; private set; }

    public string? Reason { get; private set; }

    /// <summary>The receipt that is good now.</summary>
    public string? Receipt { get; private set; }

    private bool AtLastDelivery => !IsDead && DeliveryCount >= settings.MaxDeliveryCount;

    public bool LeaseHolds(DateTimeOffset now) => !IsGone && IsLeased && now < VisibleAt;

    /// <summary>Past its time to live or its deliveries, which somebody may or may not have noticed yet.</summary>
    public bool IsOver(DateTimeOffset now) => !IsGone && !LeaseHolds(now) && (ExpiresAt <= now || AtLastDelivery);

    public bool IsDeliverable(DateTimeOffset now) => !IsGone && !IsOver(now) && !LeaseHolds(now) && DeliverableAt <= now;

    public MessageStatus? StatusAt(DateTimeOffset now) => this switch
    {
        { IsGone: true } => null,
        { IsDead: true } => MessageStatus.DeadLettered,
        _ when LeaseHolds(now) => MessageStatus.Leased,
        _ => DeliverableAt > now ? MessageStatus.Scheduled : MessageStatus.Ready,
    };

    private DateTimeOffset DeliverableAt => IsLeased ? VisibleAt + Backoff : VisibleAt;

    private TimeSpan Backoff
    {
        get
        {
            if (IsDead)
                return TimeSpan.Zero;
            var seconds = settings.RetryBackoff.Initial.TotalSeconds * Math.Pow(2, Math.Max(0, DeliveryCount - 1));
            return TimeSpan.FromSeconds(Math.Min(seconds, settings.RetryBackoff.Max.TotalSeconds));
        }
    }

    public void Deliver(string? receipt, DateTimeOffset until)
    {
        if (!IsDead)
            DeliveryCount++;
        if (receipt is null)
            IsGone = true;
        (IsLeased, VisibleAt, Receipt) = (true, until, receipt);
    }

    /// <summary>Whether this receipt is good: true, false, or null when it depends on whether somebody has noticed that the message is over.</summary>
    public bool? Accepts(string receipt, DateTimeOffset now)
    {
        if (IsGone || Receipt != receipt)
            return false;
        return IsOver(now) ? null : true;
    }

    public void Settle(string how, TimeSpan duration, DateTimeOffset now)
    {
        switch (how)
        {
            case "ack":
                IsGone = true;
                break;
            case "nack" when AtLastDelivery:
                Die("max-delivery-count-exceeded", now);
                break;
            case "nack":
                (IsLeased, VisibleAt, Receipt) = (false, now + duration, null);
                break;
            case "extend":
                (IsLeased, VisibleAt) = (true, now + duration);
                break;
            case "dead-letter":
                Die("enough", now);
                break;
        }
    }

    /// <summary>Somebody has noticed that the message is over.</summary>
    public void End(DateTimeOffset now)
    {
        if (ExpiresAt <= now && (IsDead || settings.OnExpiry == ExpiryAction.Drop))
            IsGone = true;
        else
            Die(ExpiresAt <= now ? "expired" : "max-delivery-count-exceeded", now);
    }

    public void Remove() => IsGone = true;

    private void Die(string reason, DateTimeOffset now)
    {
        (IsDead, Reason, IsLeased, VisibleAt, Receipt) = (true, reason, false, now, null);
        ExpiresAt = now + settings.DeadLetterTimeToLive;
    }
}
