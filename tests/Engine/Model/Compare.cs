using FuncQueue.Engine.Tests.Support;

namespace FuncQueue.Engine.Tests.Model;

/// <summary>Fails where what is stored, or is told of it, is not as the model says.</summary>
internal static class Compare
{
    public static void Counts(QueueModel queue, QueueStatus status, DateTimeOffset now)
    {
        var counts = status.Counts;
        foreach (
            var (found, which) in new[]
            {
                (counts.Ready, MessageStatus.Ready),
                (counts.Leased, MessageStatus.Leased),
                (counts.Scheduled, MessageStatus.Scheduled),
                (counts.DeadLettered, MessageStatus.DeadLettered),
            }
        )
            found.ShouldBeInRange(Certain(queue, which).Count(), Possible(queue, which).Count(), $"{which}");
        status.Queue.Settings.ShouldBe(
            queue.Settings with
            {
                Tags = status.Queue.Settings.Tags,
                Annotations = status.Queue.Settings.Annotations,
            }
        );
        var certain = Certain(queue, MessageStatus.Ready)
            .Concat(Certain(queue, MessageStatus.Leased))
            .Select(m => now - m.EnqueuedAt)
            .ToList();
        var possible = Possible(queue, MessageStatus.Ready)
            .Concat(Possible(queue, MessageStatus.Leased))
            .Select(m => now - m.EnqueuedAt)
            .ToList();
        if (certain.Count > 0)
            status.OldestMessageAge.ShouldNotBeNull().ShouldBeInRange(certain.Max(), possible.Max());
        else if (status.OldestMessageAge is { } age)
            possible.ShouldContain(age);
    }

    /// <summary>
    /// The messages of a status, in order: by sequence number in a group of a FIFO queue, else by priority and age, and those enqueued with
    /// a delay by due instant.
    /// </summary>
    public static void InOrder(QueueModel queue, MessageStatus status, IReadOnlyList<StoredMessage> found)
    {
        var possible = Possible(queue, status).ToDictionary(m => m.Id);
        found.Select(m => m.MessageId).ShouldBeUnique();
        found.Where(m => !possible.ContainsKey(m.MessageId)).Select(m => m.MessageId).ShouldBeEmpty($"{status}");
        Certain(queue, status).Select(m => m.Id).Except(found.Select(m => m.MessageId)).ShouldBeEmpty($"{status}");
        var messages = found.Select(m => possible[m.MessageId]).ToList();
        foreach (var (message, stored) in messages.Zip(found))
        {
            stored.Status.ShouldBe(status);
            Message(message, stored);
        }

        foreach (var group in queue.IsFifo ? messages.GroupBy(m => m.Group) : [])
            group.Select(m => m.SequenceNumber).ShouldBeInOrder();
        messages.Select(m => Turn(queue, m)).ShouldBeInOrder();
    }

    /// <summary>Oldest first, whatever the priority: those held back from the instant on at which they are due.</summary>
    private static DateTimeOffset Turn(QueueModel queue, MessageModel message) =>
        !queue.IsFifo && message.DueAt > message.EnqueuedAt ? message.DueAt : message.EnqueuedAt;

    public static void Groups(QueueModel queue, List<GroupStatus> found, DateTimeOffset now)
    {
        var groups = queue.Live.Where(m => m.Group is not null && m.Statuses.Count > 0).GroupBy(m => m.Group!).ToDictionary(g => g.Key);
        found.Select(g => g.GroupId).ShouldBe(groups.Keys, ignoreOrder: true);
        foreach (var group in found)
        {
            var messages = groups[group.GroupId].ToList();
            group.Messages.ShouldBe(messages.Count, group.GroupId);
            group.IsLeased.ShouldBe(messages.Exists(m => m.IsOut), group.GroupId);
            group.OldestMessageAge.ShouldBe(now - messages.Min(m => m.EnqueuedAt), group.GroupId);
        }

        if (queue.IsFifo)
            found.Select(g => g.OldestMessageAge).ShouldBeInOrder(SortDirection.Descending);
    }

    public static void Message(MessageModel message, StoredMessage stored)
    {
        stored.ShouldSatisfyAllConditions(
            message.Text,
            m => message.Statuses.ShouldContain(m.Status),
            m => m.DeadLetterReason.ShouldBe(message.Reason),
            m => m.DeadLetteredAt.ShouldBe(message.DiedAt)
        );
        Content(message, stored);
        if (message.IsOut)
            stored.VisibleAt.ShouldBe(message.LeasedUntil!.Value, message.Text);
        else if (!message.IsOver)
            stored.VisibleAt.ShouldBeInRange(message.ReadyFrom, message.ReadyBy, message.Text);
    }

    public static void Lease(MessageModel message, StoredMessage? stored)
    {
        if (message.IsOut)
            stored.ShouldNotBeNull(message.Text).VisibleAt.ShouldBe(message.LeasedUntil!.Value, message.Text);
        else if (stored is { Status: MessageStatus.DeadLettered } && message is { IsDead: true, IsOver: false })
            stored.VisibleAt.ShouldBeInRange(message.ReadyFrom, message.ReadyBy, message.Text);
        else
            stored?.Status.ShouldNotBe(MessageStatus.Leased, message.Text);
    }

    public static void Content(MessageModel message, StoredMessage stored)
    {
        stored.ShouldSatisfyAllConditions(
            message.Text,
            m => m.MessageId.ShouldBe(message.Id),
            m => m.BodyLength.ShouldBe(message.Sent.Body.Bytes.Length),
            m => m.ContentType.ShouldBe(message.Sent.ContentType),
            m => m.Attributes.ShouldBe(message.Sent.Attributes),
            m => m.GroupId.ShouldBe(message.Group),
            m => m.Priority.ShouldBe(message.Sent.Priority ?? 0),
            m => m.SequenceNumber.ShouldBe(message.SequenceNumber),
            m => m.DeduplicationId.ShouldBe(message.Sent.DeduplicationId),
            m => m.FirstDeliveredAt.ShouldBe(message.FirstDeliveredAt),
            m => m.MovedFrom.ShouldBe(message.MovedFrom),
            m => m.DeliveryCount.ShouldBe(message.DeliveryCount),
            m => m.EnqueuedAt.ShouldBe(message.EnqueuedAt),
            m => m.ExpiresAt.ShouldBe(message.ExpiresAt),
            m => m.OriginalMessageId.ShouldBe(message.Original),
            m => m.DeadLetterReason.ShouldBe(message.Reason)
        );
        if (stored.Body is not null)
            stored.Text().ShouldBe(message.Text);
    }

    public static void BehindItsGroup(QueueModel queue, string? group, long? sequenceNumber)
    {
        if (queue.IsFifo)
            queue.Messages.Where(m => m.Group == group).ShouldAllBe(m => m.SequenceNumber < sequenceNumber.ShouldNotBeNull());
        else
            sequenceNumber.ShouldBeNull();
    }

    private static IEnumerable<MessageModel> Certain(QueueModel queue, MessageStatus status) =>
        queue.Messages.Where(m => m.Statuses.Count == 1 && m.Statuses[0] == status);

    private static IEnumerable<MessageModel> Possible(QueueModel queue, MessageStatus status) =>
        queue.Messages.Where(m => m.Statuses.Contains(status));
}
