namespace FuncQueue.Engine.Tests.Model;

/// <summary>What the contract says of one queue: its messages in the order of their enqueues, and a clock.</summary>
public sealed class QueueModel(string name, TimeProvider clock, QueueSettings settings)
{
    private static readonly TimeSpan LateHolders = TimeSpan.FromMinutes(10);

    private readonly DeduplicationModel deduplication = new(perGroup: settings is { Type: QueueType.Fifo, Shards: > 1 });
    private readonly List<MessageModel> messages = [];

    public string Name => name;

    public DateTimeOffset Now => clock.GetUtcNow();

    public QueueSettings Settings { get; private set; } = settings;

    public bool IsFifo => Settings.Type == QueueType.Fifo;

    /// <summary>All that there ever were.</summary>
    public IReadOnlyList<MessageModel> Messages => messages;

    public IEnumerable<MessageModel> Live => messages.Where(m => m is { IsGone: false, IsDead: false });

    public IEnumerable<MessageModel> DeadLetters => messages.Where(m => m is { IsGone: false, IsDead: true });

    public MessageModel? Find(MessageId id) => messages.Find(m => m.Id == id);

    /// <summary>The message that this one would repeat.</summary>
    public MessageModel? FindRepeated(NewMessage message) => deduplication.Find(message, Settings, Now);

    public MessageModel Enqueue(NewMessage message, Enqueued enqueued)
    {
        var dueAt = message.EnqueueAt ?? Now + (message.Delay ?? Settings.Delay);
        if (dueAt < Now)
            dueAt = Now;
        var added = Add(message, enqueued.MessageId, enqueued.SequenceNumber, dueAt, dueAt + (message.TimeToLive ?? Settings.MessageTimeToLive));
        deduplication.Remember(added, Settings);
        return added;
    }

    /// <summary>Makes a dead letter of a queue, of this or another, a message of this queue.</summary>
    public void Redrive(QueueModel source, MessageModel dead, StoredMessage reborn)
    {
        dead.Remove();
        Add(dead.Sent, reborn.MessageId, reborn.SequenceNumber, Now, Now + Settings.MessageTimeToLive, dead, source == this ? dead.MovedFrom : source.Name);
    }

    /// <summary>What a dequeue can hand out now.</summary>
    public IReadOnlyList<Chain> Deliverable(MessageSource source)
    {
        if (source == MessageSource.DeadLetters)
            return Singly(DeadLetters);
        return IsFifo ? [.. Live.GroupBy(m => m.Group).Select(InOrder).Where(c => c.Messages.Count > 0)] : Singly(Live);
    }

    /// <summary>Whether a receipt is still good; null: it may be, depending on what others have noticed.</summary>
    public bool? Accepts(string receipt, MessageModel message, Settlement settlement)
    {
        if (message.IsGone || message.Receipt != receipt)
            return false;
        if (settlement is Settlement.Extend && IsFifo && message is { IsDead: false, IsOut: false })
        {
            // A lease that has ended cannot be prolonged once others hold the group. Who they are is only remembered for a while.
            var holders = Live.Where(m => m.IsOut && m.Group == message.Group).ToList();
            if (holders.Exists(m => m.Call != message.Call))
                return false;
            if (holders.Count > 0 && message.LeasedUntil + LateHolders <= Now)
                return null;
        }

        return message.MayBeDropped ? null : true;
    }

    public void Settle(MessageModel message, Settlement settlement)
    {
        switch (settlement)
        {
            case Settlement.Ack:
                message.Remove();
                break;
            case Settlement.Nack(var delay, var reason):
                message.Nack(delay, reason);
                break;
            case Settlement.Extend(var timeout):
                message.LeaseUntil(Now + (timeout ?? Settings.VisibilityTimeout));
                break;
            case Settlement.DeadLetter(var reason):
                message.Die(reason ?? "dead-lettered-by-consumer");
                break;
        }
    }

    public void Change(QueueSettingsChange change)
    {
        foreach (var message in messages)
            message.KeepBackoffInMind();
        Settings = change.ApplyTo(Settings);
    }

    private static List<Chain> Singly(IEnumerable<MessageModel> messages) => [.. messages.Where(m => m.MayBeDelivered).Select(m => new Chain([m]))];

    /// <summary>The oldest messages of a group up to the first that cannot be delivered; nothing while one of them is out.</summary>
    private static Chain InOrder(IEnumerable<MessageModel> group) =>
        new(group.Any(m => m.IsOut) ? [] : [.. group.Where(m => !m.IsOver).OrderBy(m => m.SequenceNumber).TakeWhile(m => m.MayBeDelivered)]);

    private MessageModel Add(NewMessage message, MessageId id, long? sequenceNumber, DateTimeOffset dueAt, DateTimeOffset? expiresAt, MessageModel? original = null, string? movedFrom = null)
    {
        var added = new MessageModel(this)
        {
            Id = id,
            Sent = message,
            EnqueuedAt = Now,
            DueAt = dueAt,
            ExpiresAt = expiresAt,
            SequenceNumber = sequenceNumber,
            Original = original,
            MovedFrom = movedFrom,
        };
        messages.Add(added);
        return added;
    }
}

/// <summary>Messages that a dequeue hands out in this order, from the first on: the first some of them, or none.</summary>
public sealed record Chain(IReadOnlyList<MessageModel> Messages)
{
    /// <summary>Whether no dequeue may say that there is nothing.</summary>
    public bool IsCertain => Messages[0].ReadyBy <= Messages[0].Now;
}
