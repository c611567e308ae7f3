using FuncQueue.Engine.Tests.Support;

namespace FuncQueue.Engine.Tests.Model;

/// <content>Operations that change messages.</content>
public sealed partial class HistoryRunner
{
    private async Task EnqueueAsync(Operation.Enqueue operation)
    {
        var queue = queues[operation.Queue];
        var messages = operation.Letters.Select(l => l.ToMessage(++letters, Now)).ToList();
        var process = On(operation.Process, operation.Queue);
        var outcomes = (await process.Engine.EnqueueBatchAsync(process.Queue, messages, Cancellation).WithinPatienceAsync()).Value;
        outcomes.Count.ShouldBe(messages.Count);
        foreach (var (message, outcome) in messages.Zip(outcomes))
        {
            var enqueued = outcome.Value;
            if (queue.FindRepeated(message) is { } first)
            {
                enqueued.ShouldBe(new Enqueued(first.Id, first.EnqueuedAt, Duplicate: true, first.SequenceNumber));
                continue;
            }

            enqueued.Duplicate.ShouldBeFalse();
            enqueued.EnqueuedAt.ShouldBe(Now);
            queue.Messages.ShouldNotContain(m => m.Id == enqueued.MessageId);
            ShouldBeBehindItsGroup(queue, message.GroupId, enqueued.SequenceNumber);
            queue.Enqueue(message, enqueued);
        }
    }

    private static void ShouldBeBehindItsGroup(QueueModel queue, string? group, long? sequenceNumber)
    {
        if (queue.IsFifo)
            queue.Messages.Where(m => m.Group == group).ShouldAllBe(m => m.SequenceNumber < sequenceNumber.ShouldNotBeNull());
        else
            sequenceNumber.ShouldBeNull();
    }

    private async Task DequeueAsync(Operation.Dequeue operation)
    {
        var chains = queues[operation.Queue].Deliverable(operation.Source);
        var request = new DequeueRequest { MaxMessages = operation.Max, VisibilityTimeout = Seconds(operation.Lease), Delete = operation.Delete };
        var delivered = (await On(operation.Process, operation.Queue).TryDequeueAsync(request, operation.Source)).Value;
        TakeDelivered(operation.Queue, operation.Source, chains, [(request, delivered)]);
        await NoticeAsync(operation.Process, operation.Queue);
    }

    private async Task RaceAsync(Operation.Race operation)
    {
        var chains = queues[operation.Queue].Deliverable(MessageSource.Live);
        var requests = new[] { operation.Max, operation.OtherMax }.Select(max => new DequeueRequest { MaxMessages = max, VisibilityTimeout = Seconds(operation.Lease) }).ToArray();
        var racing = Enumerable.Range(0, 2).Select(p => On((operation.Process + p) % 2, operation.Queue).TryDequeueAsync(requests[p])).ToArray();
        var delivered = await Task.WhenAll(racing);
        TakeDelivered(operation.Queue, MessageSource.Live, chains, [.. requests.Zip(delivered, (request, outcome) => (request, outcome.Value))]);
        await NoticeAsync(operation.Process, operation.Queue);
    }

    /// <summary>
    /// Of each chain one call at most has got messages, the first ones in their order; nothing else was delivered. A call that got nothing
    /// has left nothing that was certain.
    /// </summary>
    private void TakeDelivered(int number, MessageSource source, IReadOnlyList<Chain> chains, (DequeueRequest Request, IReadOnlyList<DeliveredMessage> Delivered)[] dequeues)
    {
        var queue = queues[number];
        var left = chains.ToList();
        foreach (var (request, delivered) in dequeues)
        {
            calls++;
            delivered.Count.ShouldBeLessThanOrEqualTo(request.MaxMessages);
            foreach (var together in delivered.GroupBy(d => left.FindIndex(c => c.Messages.Any(m => m.Id == d.Id()))).OrderByDescending(g => g.Key))
            {
                together.Key.ShouldNotBe(-1, $"{string.Join(", ", together.Select(d => queue.Find(d.Id())?.Text))} cannot be delivered");
                var chain = left[together.Key];
                left.RemoveAt(together.Key);
                together.Select(d => d.Id()).ShouldBe(chain.Messages.Select(m => m.Id).Take(together.Count()));
                foreach (var (message, one) in chain.Messages.Zip(together))
                {
                    var until = Now + (request.VisibilityTimeout ?? queue.Settings.VisibilityTimeout);
                    message.Deliver(one.Receipt, until, calls);
                    (one.Receipt is null).ShouldBe(request.Delete);
                    if (one.Receipt is { } receipt)
                        handedOut.Add(new HandedOut(queue, number, source, message, receipt));
                    one.Message.VisibleAt.ShouldBe(request.Delete ? Now : until);
                    one.Message.Status.ShouldBe(source == MessageSource.Live ? MessageStatus.Leased : MessageStatus.DeadLettered);
                    CompareContent(message, one.Message);
                }
            }
        }

        if (Array.Exists(dequeues, d => d.Delivered.Count == 0))
            left.Where(c => c.IsCertain).ShouldBeEmpty("There is something to deliver");
    }

    private async Task SettleAsync(Operation.Settle operation)
    {
        if (handedOut.Count == 0)
            return;
        // Those that are good first, the latest of them first.
        var likeliest = Enumerable.Reverse(handedOut).OrderByDescending(h => h.Queue == queues[h.Number] && h is { Message.IsGone: false } && h.Message.Receipt == h.Receipt).ToList();
        var first = likeliest[operation.Picks[0] % likeliest.Count];
        if (operation.How == Operation.Verb.DeadLetter && first.Source == MessageSource.DeadLetters)
            return;
        var alike = likeliest.Where(h => h.Number == first.Number && h.Source == first.Source).ToList();
        HandedOut[] settled = [first, .. operation.Picks.Skip(1).Select(p => alike[p % alike.Count])];
        Settlement settlement = operation.How switch
        {
            Operation.Verb.Ack => new Settlement.Ack(),
            Operation.Verb.Nack => new Settlement.Nack(Seconds(operation.Seconds), operation.Seconds is null ? "did not work" : null),
            Operation.Verb.Extend => new Settlement.Extend(Seconds(operation.Seconds)),
            _ => new Settlement.DeadLetter(operation.Seconds is null ? "enough" : null),
        };
        var outcomes = (await processes[operation.Process].Engine.SettleAsync(Names[first.Number], first.Source, settlement, [.. settled.Select(h => h.Receipt)], Cancellation)
            .WithinPatienceAsync()).Value;
        outcomes.Count.ShouldBe(settled.Length);
        foreach (var (one, outcome) in settled.Zip(outcomes))
        {
            // Receipts are good for one generation of the queue.
            if (one.Queue != queues[one.Number])
            {
                outcome.Status.ShouldBe(SettleStatus.MalformedReceipt);
                continue;
            }

            var accepts = one.Queue.Accepts(one.Receipt, one.Message, settlement);
            outcome.Status.ShouldBe(accepts ?? outcome.Status == SettleStatus.Ok ? SettleStatus.Ok : SettleStatus.LeaseLost, one.Message.Text);
            if (outcome.Status == SettleStatus.Ok)
                one.Queue.Settle(one.Message, settlement);
            outcome.VisibleAt.ShouldBe(outcome.Status == SettleStatus.Ok && settlement is Settlement.Extend ? one.Message.LeasedUntil : null);
        }
    }

    private async Task CancelAsync(Operation.Cancel operation)
    {
        var scheduledFirst = queues[operation.Queue].Messages.OrderByDescending(m => m.Statuses.Contains(MessageStatus.Scheduled)).ToList();
        if (scheduledFirst.Count == 0)
            return;
        var message = scheduledFirst[operation.Pick % scheduledFirst.Count];
        var cancelled = await processes[operation.Process].Engine.CancelScheduledAsync(Names[operation.Queue], message.Id, Cancellation).WithinPatienceAsync();
        if (cancelled.Failure is not null)
            cancelled.Failure.ShouldBeOfType<Failure.MessageNotFound>();
        var (may, must) = (message.Statuses.Contains(MessageStatus.Scheduled), message.Statuses is [MessageStatus.Scheduled]);
        (cancelled.Failure is null).ShouldBe(must || (may && cancelled.Failure is null), $"To cancel {message.Text}");
        if (cancelled.Failure is null)
            message.Remove();
    }

    private async Task RedriveAsync(Operation.Redrive operation)
    {
        var (source, target) = (queues[operation.Queue], queues[operation.To]);
        var known = source.Messages.OrderByDescending(m => m is { IsDead: true, IsGone: false }).ToList();
        var named = operation.Picks?.Where(_ => known.Count > 0).Select(p => known[p % known.Count]).Distinct().ToList();
        var request = new RedriveRequest { To = operation.To == operation.Queue ? null : Names[operation.To], MessageIds = named?.ConvertAll(m => m.Id), MaxMessages = operation.Max };
        var outcome = await processes[operation.Process].Engine.RedriveAsync(Names[operation.Queue], request, Cancellation).WithinPatienceAsync();
        if (target.IsFifo && !source.IsFifo)
        {
            outcome.Failure.ShouldBeOfType<Failure.QueueTypeMismatch>();
            return;
        }

        var movable = (named ?? source.DeadLetters).Where(m => m is { IsDead: true, IsGone: false, IsOver: false, IsOut: false }).ToList();
        var moved = named is null ? Math.Min(movable.Count, operation.Max ?? int.MaxValue) : movable.Count;
        var process = On(operation.Process, operation.To);
        var reborn = (await process.PeekEverythingAsync()).Where(m => m.OriginalMessageId is { } origin && movable.Exists(d => d.Id == origin)).OrderBy(m => m.SequenceNumber).ToList();
        reborn.Select(m => m.OriginalMessageId).ShouldBeUnique();
        reborn.Count.ShouldBe(moved);
        foreach (var stored in reborn)
        {
            ShouldBeBehindItsGroup(target, stored.GroupId, stored.SequenceNumber);
            target.Redrive(source, movable.Single(m => m.Id == stored.OriginalMessageId), stored);
        }

        // Messages of a group keep their order, or get the one in which they were named.
        foreach (var group in target.IsFifo ? reborn.GroupBy(m => m.GroupId) : [])
        {
            var origins = group.Select(m => m.OriginalMessageId!.Value).ToList();
            var inOrder = named ?? [.. movable.OrderBy(m => m.SequenceNumber)];
            origins.ShouldBe(inOrder.Select(m => m.Id).Where(origins.Contains));
        }

        outcome.Value.ShouldBe(new Redriven(moved, source.DeadLetters.Count(m => m.Statuses.Count > 0)));
    }

    private async Task PurgeAsync(Operation.Purge operation)
    {
        var queue = queues[operation.Queue];
        var purged = (await processes[operation.Process].Engine.PurgeAsync(Names[operation.Queue], operation.Source, Cancellation).WithinPatienceAsync()).Value;
        var messages = (operation.Source == MessageSource.Live ? queue.Live : queue.DeadLetters).ToList();
        purged.Complete.ShouldBeTrue();
        purged.Count.ShouldBeInRange(messages.Count(m => !m.MayBeDropped), messages.Count);
        messages.ForEach(m => m.Remove());
    }

    private static TimeSpan? Seconds(int? seconds) => seconds is { } there ? TimeSpan.FromSeconds(there) : null;
}
