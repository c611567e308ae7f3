using FuncQueue.Engine.Tests.Support;

namespace FuncQueue.Engine.Tests.Model;

/// <content>Calls that take effect at one instant, or message by message. Each ends in a check of its answer, which changes the model.</content>
public sealed partial class HistoryRunner
{
    private Task<Action> CallAsync(Operation operation) => operation switch
    {
        Operation.Enqueue enqueue => EnqueueAsync(enqueue),
        Operation.Dequeue dequeue => DequeueAsync(dequeue),
        Operation.Settle settle => SettleAsync(settle),
        Operation.Cancel cancel => CancelAsync(cancel),
        Operation.Sweep sweep => CallSweepAsync(sweep),
        _ => throw new NotSupportedException($"{operation}"),
    };

    /// <summary>Carries calls out at the same time; then looks for an order in which the model gives the same answers.</summary>
    private async Task TogetherAsync(Operation.Together operation)
    {
        // Any of them may be the one that notices what is over.
        var certain = queues.SelectMany(q => q.Messages).Where(m => !m.MayHaveEnded).Select(m => m.Id).ToHashSet();
        foreach (var queue in queues)
            queue.SetAll(m => m.Doubt());
        var checks = await Task.WhenAll(operation.Operations.Select(CallAsync));
        await WhenIdleAsync();
        InSomeOrder(checks, await LookAtLeasesAsync(operation));
        for (var number = 0; number < 2; number++)
        {
            await NoticeAsync(number);
            // What was noticed has died or may have been dropped.
            queues[number].SetAll(m => certain.Contains(m.Id) && !m.IsToBeDropped ? m.Confirm() : m);
        }
    }

    /// <summary>
    /// Two extensions of one lease are good in either order, but the later one decides about its end, which their answers do not tell. The
    /// answer compares the model with what is stored.
    /// </summary>
    private async Task<Action?> LookAtLeasesAsync(Operation.Together operation)
    {
        if (operation.Operations.Count(o => o is Operation.Settle { How: Operation.Verb.Extend }) < 2)
            return null;
        var found = new List<(HandedOut One, StoredMessage? Stored)>();
        foreach (var one in handedOut.Where(h => h.Queue == queues[h.Number]).DistinctBy(h => h.Id))
            found.Add((one, await FindAsync(one.Number, one.Message)));
        return () => found.ForEach(f => CompareLease(f.One.Message, f.Stored));
    }

    /// <summary>Looks for an order in which all checks hold, each on the model as those before it have left it, and a last one on what they have made of it.</summary>
    private void InSomeOrder(Action[] checks, Action? last = null)
    {
        var before = (handedOut, Messages: queues.Select(q => q.Messages).ToList());
        ShouldAssertException? disagreement = null;
        foreach (var order in Orders(checks))
        {
            try
            {
                order.ForEach(check => check());
                last?.Invoke();
                return;
            }
            catch (ShouldAssertException exception)
            {
                disagreement ??= exception;
                handedOut = before.handedOut;
                for (var number = 0; number < 2; number++)
                    queues[number].Messages = before.Messages[number];
            }
        }

        throw checks.Length == 1 ? disagreement! : new ShouldAssertException($"In no order of {checks.Length}: {disagreement!.Message}", disagreement);
    }

    private static IEnumerable<List<Action>> Orders(Action[] checks) => checks.Length == 0
        ? [[]]
        : Enumerable.Range(0, checks.Length).SelectMany(first => Orders([.. checks.Where((_, i) => i != first)]).Select(rest => rest.Prepend(checks[first]).ToList()));

    private async Task<Action> EnqueueAsync(Operation.Enqueue operation)
    {
        var queue = queues[operation.Queue];
        var messages = operation.Letters.Select(l => l.ToMessage(++letters, Now)).ToList();
        var outcomes = (await processes[operation.Process].Engine.EnqueueBatchAsync(Names[operation.Queue], messages, Cancellation).WithinPatienceAsync()).Value;
        return () =>
        {
            outcomes.Count.ShouldBe(messages.Count);
            foreach (var (message, outcome) in messages.Zip(outcomes))
            {
                if (queue.FindRepeated(message) is { } first)
                {
                    outcome.Value.ShouldBe(new Enqueued(first.Id, first.EnqueuedAt, Duplicate: true, first.SequenceNumber));
                    continue;
                }

                outcome.Value.Duplicate.ShouldBeFalse();
                outcome.Value.EnqueuedAt.ShouldBe(Now);
                queue.Find(outcome.Value.MessageId).ShouldBeNull();
                ShouldBeBehindItsGroup(queue, message.GroupId, outcome.Value.SequenceNumber);
                queue.Enqueue(message, outcome.Value);
            }
        };
    }

    private static void ShouldBeBehindItsGroup(QueueModel queue, string? group, long? sequenceNumber)
    {
        if (queue.IsFifo)
            queue.Messages.Where(m => m.Group == group).ShouldAllBe(m => m.SequenceNumber < sequenceNumber.ShouldNotBeNull());
        else
            sequenceNumber.ShouldBeNull();
    }

    private async Task<Action> DequeueAsync(Operation.Dequeue operation)
    {
        var request = new DequeueRequest { MaxMessages = operation.Max, VisibilityTimeout = Seconds(operation.Lease), Delete = operation.Delete };
        var delivered = (await On(operation.Process, operation.Queue).TryDequeueAsync(request, operation.Source)).Value;
        return () => TakeDelivered(operation.Queue, operation.Source, request, delivered);
    }

    /// <summary>Of each chain the first messages, or none, in their order, and nothing else; nothing at all only if nothing is certain.</summary>
    private void TakeDelivered(int number, MessageSource source, DequeueRequest request, IReadOnlyList<DeliveredMessage> delivered)
    {
        var queue = queues[number];
        var chains = queue.Deliverable(source);
        delivered.Count.ShouldBeLessThanOrEqualTo(request.MaxMessages);
        if (delivered.Count == 0)
            chains.Where(c => c.IsCertain).SelectMany(c => c.Messages).Select(m => m.Text).ShouldBeEmpty("There is something to deliver");
        foreach (var together in delivered.GroupBy(d => chains.FirstOrDefault(c => c.Messages.Any(m => m.Id == d.Id()))))
        {
            var chain = together.Key.ShouldNotBeNull($"{string.Join(", ", together.Select(d => queue.Find(d.Id())?.Text))} cannot be delivered");
            together.Select(d => d.Id()).ShouldBe(chain.Messages.Select(m => m.Id).Take(together.Count()));
            queue.TakeGroup(chain.Messages[0]);
            foreach (var (message, one) in chain.Messages.Zip(together))
                TakeDelivered(number, source, request, message, one);
        }
    }

    private void TakeDelivered(int number, MessageSource source, DequeueRequest request, MessageModel message, DeliveredMessage delivered)
    {
        var queue = queues[number];
        var until = Now + (request.VisibilityTimeout ?? queue.Settings.VisibilityTimeout);
        var leased = message.Deliver(delivered.Receipt, until);
        queue.Set(leased);
        (delivered.Receipt is null).ShouldBe(request.Delete);
        if (delivered.Receipt is { } receipt)
            handedOut = handedOut.Add(new HandedOut(queue, number, source, message.Id, receipt));
        delivered.Message.VisibleAt.ShouldBe(request.Delete ? Now : until);
        delivered.Message.Status.ShouldBe(source == MessageSource.Live ? MessageStatus.Leased : MessageStatus.DeadLettered);
        CompareContent(leased, delivered.Message);
    }

    private async Task<Action> SettleAsync(Operation.Settle operation)
    {
        // Those that are good first, the latest of them first.
        var likeliest = Enumerable.Reverse(handedOut).OrderByDescending(h => h.Queue == queues[h.Number] && h.IsGood).ToList();
        if (likeliest.Count == 0)
            return () => { };
        var first = likeliest[operation.Picks[0] % likeliest.Count];
        if (operation.How == Operation.Verb.DeadLetter && first.Source == MessageSource.DeadLetters)
            return () => { };
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
        // Where one of them decides about another, as the first of two holders of a group, either may be the first.
        return () => InSomeOrder([.. settled.Zip(outcomes, (one, outcome) => (Action)(() => TakeSettled(one, settlement, outcome)))]);
    }

    private void TakeSettled(HandedOut one, Settlement settlement, Settled outcome)
    {
        // Receipts are good for one generation of the queue.
        if (one.Queue != queues[one.Number])
        {
            outcome.Status.ShouldBe(SettleStatus.MalformedReceipt);
            return;
        }

        var ok = outcome.Status == SettleStatus.Ok;
        var accepts = one.Queue.Accepts(one.Receipt, one.Message, settlement) ?? ok;
        outcome.Status.ShouldBe(accepts ? SettleStatus.Ok : SettleStatus.LeaseLost, one.Message.Text);
        if (accepts)
            one.Queue.Settle(one.Message, settlement);
        outcome.VisibleAt.ShouldBe(accepts && settlement is Settlement.Extend ? one.Message.LeasedUntil : null);
    }

    private async Task<Action> CancelAsync(Operation.Cancel operation)
    {
        var queue = queues[operation.Queue];
        var scheduledFirst = queue.Messages.OrderByDescending(m => m.Statuses.Contains(MessageStatus.Scheduled)).ToList();
        if (scheduledFirst.Count == 0)
            return () => { };
        var id = scheduledFirst[operation.Pick % scheduledFirst.Count].Id;
        var cancelled = await processes[operation.Process].Engine.CancelScheduledAsync(Names[operation.Queue], id, Cancellation).WithinPatienceAsync();
        return () =>
        {
            var message = queue.Find(id)!;
            if (cancelled.Failure is not null)
                cancelled.Failure.ShouldBeOfType<Failure.MessageNotFound>();
            var (may, must) = (message.Statuses.Contains(MessageStatus.Scheduled), message.Statuses is [MessageStatus.Scheduled]);
            (cancelled.Failure is null).ShouldBe(must || (may && cancelled.Failure is null), $"To cancel {message.Text}");
            if (cancelled.Failure is null)
                queue.Set(message.Remove());
        };
    }

    /// <summary>What a sweep does at any time: nothing that shows, but for what is over.</summary>
    private async Task<Action> CallSweepAsync(Operation.Sweep operation)
    {
        var report = await processes[operation.Process].SweepAsync(operation.Scope, operation.Everything);
        return () => report.ShardsFailed.ShouldBe(0);
    }

    private static TimeSpan? Seconds(int? seconds) => seconds is { } there ? TimeSpan.FromSeconds(there) : null;
}
