using FuncQueue.Engine.Tests.Support;

namespace FuncQueue.Engine.Tests.Model;

/// <content>Operations that look at messages.</content>
public sealed partial class HistoryRunner
{
    /// <summary>At the end every message is where the model says, nothing else is there, and what can be delivered is.</summary>
    private async Task FinishAsync()
    {
        await SweepAsync(new Operation.Sweep(1, SweepScope.All, Everything: true));
        for (var number = 0; number < 2; number++)
        {
            await LookAsync(new Operation.Look(number, number, PageSize: 100));
            foreach (var message in queues[number].Messages)
            {
                var found = await FindAsync(number, message);
                (found is null).ShouldBe(message.Statuses.Count == 0, $"{message.Text} is there");
                if (found is not null)
                    await CompareBodyAsync(On(1 - number, number), message, found);
            }

            await DrainAsync(number);
        }
    }

    /// <summary>No message is stuck: once leases and delays have ended, all are delivered, or are over.</summary>
    private async Task DrainAsync(int number)
    {
        var queue = queues[number];
        time.Advance(queue.Live.Select(m => m.ReadyBy - Now).Append(TimeSpan.Zero).Max());
        for (var process = 0; queue.Deliverable(MessageSource.Live).Any(c => c.IsCertain); process = 1 - process)
            await RunAsync(new Operation.Dequeue(process, number, MessageSource.Live, 10, null, Delete: true));
        await SweepAsync(new Operation.Sweep(0, SweepScope.Poison, Everything: true));
        (await On(0, number).CountsAsync()).ShouldBe(new MessageCounts(0, 0, 0, queue.DeadLetters.Count()));
    }

    private async Task LookAsync(Operation.Look operation)
    {
        var (process, queue) = (On(operation.Process, operation.Queue), queues[operation.Queue]);
        var status = await process.StatusAsync();
        CompareCounts(queue, status);
        CompareOrdered(queue, MessageStatus.Ready, await process.PeekEverythingAsync(pageSize: operation.PageSize));
        CompareOrdered(queue, MessageStatus.DeadLettered, await process.PeekEverythingAsync(MessageSource.DeadLetters, operation.PageSize));
        CompareOrdered(queue, MessageStatus.Scheduled, await ReadPagesAsync(
            async continuation => (await process.Engine.ListScheduledAsync(process.Queue, operation.PageSize, continuation, Cancellation)).Value, p => (p.Messages, p.Continuation), operation.PageSize));
        CompareGroups(queue, await ReadPagesAsync(
            async continuation => (await process.Engine.ListGroupsAsync(process.Queue, operation.PageSize, continuation, Cancellation)).Value, p => (p.Groups, p.Continuation), operation.PageSize));
    }

    private static async Task<List<T>> ReadPagesAsync<TPage, T>(Func<string?, Task<TPage>> read, Func<TPage, (IReadOnlyList<T> Items, string? Continuation)> open, int pageSize)
    {
        var all = new List<T>();
        string? continuation = null;
        do
        {
            (var items, continuation) = open(await read(continuation));
            items.Count.ShouldBeLessThanOrEqualTo(pageSize);
            all.AddRange(items);
        }
        while (continuation is not null);
        return all;
    }

    private void CompareCounts(QueueModel queue, QueueStatus status)
    {
        var counts = status.Counts;
        foreach (var (found, which) in new[] { (counts.Ready, MessageStatus.Ready), (counts.Leased, MessageStatus.Leased), (counts.Scheduled, MessageStatus.Scheduled), (counts.DeadLettered, MessageStatus.DeadLettered) })
            found.ShouldBeInRange(Certain(queue, which).Count(), Possible(queue, which).Count(), $"{which}");
        status.Queue.Settings.ShouldBe(queue.Settings with { Tags = status.Queue.Settings.Tags, Annotations = status.Queue.Settings.Annotations });
        var certain = Certain(queue, MessageStatus.Ready).Concat(Certain(queue, MessageStatus.Leased)).Select(m => Now - m.EnqueuedAt).ToList();
        var possible = Possible(queue, MessageStatus.Ready).Concat(Possible(queue, MessageStatus.Leased)).Select(m => Now - m.EnqueuedAt).ToList();
        if (certain.Count > 0)
            status.OldestMessageAge.ShouldNotBeNull().ShouldBeInRange(certain.Max(), possible.Max());
        else if (status.OldestMessageAge is { } age)
            possible.ShouldContain(age);
    }

    /// <summary>The messages of a status, in order: by sequence number in a group of a FIFO queue, else by priority and age, and those enqueued with a delay by due instant.</summary>
    private void CompareOrdered(QueueModel queue, MessageStatus status, IReadOnlyList<StoredMessage> found)
    {
        var possible = Possible(queue, status).ToDictionary(m => m.Id);
        found.Select(m => m.MessageId).ShouldBeUnique();
        found.Where(m => !possible.ContainsKey(m.MessageId)).Select(m => m.MessageId).ShouldBeEmpty($"{status}");
        Certain(queue, status).Select(m => m.Id).Except(found.Select(m => m.MessageId)).ShouldBeEmpty($"{status}");
        var messages = found.Select(m => possible[m.MessageId]).ToList();
        foreach (var (message, stored) in messages.Zip(found))
        {
            stored.Status.ShouldBe(status);
            Compare(message, stored);
        }

        foreach (var group in queue.IsFifo ? messages.GroupBy(m => m.Group) : [])
            group.Select(m => m.SequenceNumber).ShouldBeInOrder();
        messages.Select(m => Turn(queue, m)).ShouldBeInOrder();
    }

    /// <summary>Oldest first, whatever the priority: those held back from the instant on at which they are due.</summary>
    private static DateTimeOffset Turn(QueueModel queue, MessageModel message) =>
        !queue.IsFifo && message.DueAt > message.EnqueuedAt ? message.DueAt : message.EnqueuedAt;

    private void CompareGroups(QueueModel queue, List<GroupStatus> found)
    {
        var groups = queue.Live.Where(m => m.Group is not null && m.Statuses.Count > 0).GroupBy(m => m.Group!).ToDictionary(g => g.Key);
        found.Select(g => g.GroupId).ShouldBe(groups.Keys, ignoreOrder: true);
        foreach (var group in found)
        {
            var messages = groups[group.GroupId].ToList();
            group.Messages.ShouldBe(messages.Count, group.GroupId);
            group.IsLeased.ShouldBe(messages.Exists(m => m.IsOut), group.GroupId);
            group.OldestMessageAge.ShouldBe(Now - messages.Min(m => m.EnqueuedAt), group.GroupId);
        }

        if (queue.IsFifo)
            found.Select(g => g.OldestMessageAge).ShouldBeInOrder(SortDirection.Descending);
    }

    private static void Compare(MessageModel message, StoredMessage stored)
    {
        stored.ShouldSatisfyAllConditions(
            message.Text,
            m => message.Statuses.ShouldContain(m.Status),
            m => m.DeadLetterReason.ShouldBe(message.Reason),
            m => m.DeadLetteredAt.ShouldBe(message.DiedAt));
        CompareContent(message, stored);
        if (message.IsOut)
            stored.VisibleAt.ShouldBe(message.LeasedUntil!.Value, message.Text);
        else if (!message.IsOver)
            stored.VisibleAt.ShouldBeInRange(message.ReadyFrom, message.ReadyBy, message.Text);
    }

    private static void CompareLease(MessageModel message, StoredMessage? stored)
    {
        if (message.IsOut)
            stored.ShouldNotBeNull(message.Text).VisibleAt.ShouldBe(message.LeasedUntil!.Value, message.Text);
        else if (stored is { Status: MessageStatus.DeadLettered } && message is { IsDead: true, IsOver: false })
            stored.VisibleAt.ShouldBeInRange(message.ReadyFrom, message.ReadyBy, message.Text);
        else
            stored?.Status.ShouldNotBe(MessageStatus.Leased, message.Text);
    }

    private static void CompareContent(MessageModel message, StoredMessage stored)
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
            m => m.DeadLetterReason.ShouldBe(message.Reason));
        if (stored.Body is not null)
            stored.Text().ShouldBe(message.Text);
    }

    private static async Task CompareBodyAsync(TestEngine process, MessageModel message, StoredMessage stored)
    {
        Compare(message, stored);
        (await process.ReadBodyAsync(message.Id)).ShouldBe(message.Sent.Body.Bytes.ToArray(), message.Text);
    }

    private static IEnumerable<MessageModel> Certain(QueueModel queue, MessageStatus status) => queue.Messages.Where(m => m.Statuses.Count == 1 && m.Statuses[0] == status);

    private static IEnumerable<MessageModel> Possible(QueueModel queue, MessageStatus status) => queue.Messages.Where(m => m.Statuses.Contains(status));
}
