using System.Collections.Immutable;

namespace FuncQueue.Engine.Tests.Model;

/// <summary>What the contract says of one queue: its messages in the order of their enqueues, and a clock.</summary>
public sealed class QueueModel(string name, TimeProvider clock, QueueSettings settings)
{
    private readonly bool deduplicatesByGroup = settings is { Type: QueueType.Fifo, Shards: > 1 };

    public string Name => name;

    public DateTimeOffset Now => clock.GetUtcNow();

    public QueueSettings Settings { get; private set; } = settings;

    public bool IsFifo => Settings.Type == QueueType.Fifo;

    /// <summary>All messages that there ever were. A value, so that what was can be had back.</summary>
    public ImmutableList<MessageModel> Messages { get; set; } = [];

    public IEnumerable<MessageModel> Live => Messages.Where(m => m is { IsGone: false, IsDead: false });

    public IEnumerable<MessageModel> DeadLetters => Messages.Where(m => m is { IsGone: false, IsDead: true });

    public MessageModel? Find(MessageId id) => Messages.Find(m => m.Id == id);

    /// <summary>Puts another state of a message in its place.</summary>
    public void Set(MessageModel message) => Messages = Messages.SetItem(Messages.FindIndex(m => m.Id == message.Id), message);

    public void SetAll(Func<MessageModel, MessageModel> change) => Messages = Messages.ConvertAll(m => change(m));

    /// <summary>The message that this one repeats: of the same deduplication id, or the same content, within the window.</summary>
    public MessageModel? FindRepeated(NewMessage message)
    {
        var key = KeyOf(message);
        return key is null ? null : Messages.FindLast(m => m.DeduplicationKey == key && Now < m.DeduplicatedUntil);
    }

    public void Enqueue(NewMessage message, Enqueued enqueued)
    {
        var dueAt = message.EnqueueAt ?? Now + (message.Delay ?? Settings.Delay);
        if (dueAt < Now)
            dueAt = Now;
        Messages = Messages.Add(
            new MessageModel(this)
            {
                Id = enqueued.MessageId,
                Sent = message,
                EnqueuedAt = Now,
                DueAt = dueAt,
                ExpiresAt = dueAt + (message.TimeToLive ?? Settings.MessageTimeToLive),
                SequenceNumber = enqueued.SequenceNumber,
                DeduplicationKey = KeyOf(message),
                DeduplicatedUntil = Now + Settings.DeduplicationWindow,
            }
        );
    }

    /// <summary>Makes a dead letter of a queue, of this or another, a message of this queue.</summary>
    /// <param name="sent">What it is from now on; null: what it was.</param>
    public void Redrive(MessageModel dead, StoredMessage reborn, NewMessage? sent = null)
    {
        dead.Queue.Set(dead.Remove());
        Messages = Messages.Add(
            new MessageModel(this)
            {
                Id = reborn.MessageId,
                Sent = sent ?? dead.Sent,
                EnqueuedAt = Now,
                DueAt = Now,
                ExpiresAt = Now + Settings.MessageTimeToLive,
                SequenceNumber = reborn.SequenceNumber,
                Original = dead.FirstId,
                MovedFrom = dead.Queue == this ? dead.MovedFrom : dead.Queue.Name,
            }
        );
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
        if (settlement is Settlement.Release)
            return message.IsOut;
        if (
            IsFifo
            && settlement is Settlement.Extend
            && message is { IsDead: false, IsOut: false }
            && Live.Any(m => m.IsOut && m.Group == message.Group)
        )
        {
            // A lease is not prolonged that had ended when others took the group, while messages of it are out. That it had not, or was
            // handed out with those, is only remembered for a while, and not at all where leases that end at once raced with it.
            return message.HoldsGroup ? null : false;
        }

        return message.MayHaveEnded ? null : true;
    }

    /// <summary>A live message is leased, or taken up again by an earlier holder: leases of its group that have ended are over.</summary>
    public void TakeGroup(MessageModel message)
    {
        if (IsFifo && !message.IsDead)
            SetAll(m => m.Group == message.Group && !m.IsOut ? m with { HoldsGroup = false } : m);
    }

    public void Settle(MessageModel message, Settlement settlement)
    {
        if (settlement is Settlement.Extend && !message.HoldsGroup)
            TakeGroup(message);
        Set(message.Settle(settlement));
    }

    public void Change(QueueSettingsChange change)
    {
        SetAll(m => m.KeepBackoff());
        Settings = change.ApplyTo(Settings);
    }

    private static List<Chain> Singly(IEnumerable<MessageModel> messages) =>
        [.. messages.Where(m => m.MayBeDelivered).Select(m => new Chain([m]))];

    /// <summary>The oldest messages of a group up to the first that cannot be delivered, as one that is out.</summary>
    private static Chain InOrder(IEnumerable<MessageModel> group) =>
        new([.. group.Where(m => !m.IsOver).OrderBy(m => m.SequenceNumber).TakeWhile(m => m.MayBeDelivered)]);

    private string? KeyOf(NewMessage message)
    {
        var content = $"content {Convert.ToBase64String(message.Body.Bytes.Span)} {string.Join(' ', message.Attributes)}";
        var key =
            message.DeduplicationId is { } id ? $"id {id}"
            : Settings.ContentBasedDeduplication ? content
            : null;
        // Groups of a FIFO queue with several shards have nothing to do with each other.
        return key is not null && deduplicatesByGroup ? $"group {message.GroupId}: {key}" : key;
    }
}
