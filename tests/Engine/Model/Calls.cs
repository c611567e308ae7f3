using FuncQueue.Engine.Tests.Support;

namespace FuncQueue.Engine.Tests.Model;

/// <summary>
/// Calls that take effect at one instant, or message by message. Each ends in a check of its answer, which changes the model.
/// </summary>
internal sealed class Calls(World world)
{
    private int letters;

    public Task<Action> MakeAsync(Operation operation) =>
        operation switch
        {
            Operation.Enqueue enqueue => EnqueueAsync(enqueue),
            Operation.Dequeue dequeue => DequeueAsync(dequeue),
            Operation.Settle settle => SettleAsync(settle),
            Operation.Cancel cancel => CancelAsync(cancel),
            Operation.Remove remove => RemoveAsync(remove),
            Operation.Sweep sweep => SweepAsync(sweep),
            _ => throw new NotSupportedException($"{operation}"),
        };

    private async Task<Action> EnqueueAsync(Operation.Enqueue operation)
    {
        var queue = world.Queues[operation.Queue];
        var messages = operation.Letters.Select(l => l.ToMessage(++letters, world.Now)).ToList();
        var outcomes = (
            await world
                .Processes[operation.Process]
                .Engine.EnqueueBatchAsync(World.Names[operation.Queue], messages, World.Cancellation)
                .WithinPatienceAsync()
        ).Value;
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
                outcome.Value.EnqueuedAt.ShouldBe(world.Now);
                queue.Find(outcome.Value.MessageId).ShouldBeNull();
                Compare.BehindItsGroup(queue, message.GroupId, outcome.Value.SequenceNumber);
                queue.Enqueue(message, outcome.Value);
            }
        };
    }

    private async Task<Action> DequeueAsync(Operation.Dequeue operation)
    {
        var request = new DequeueRequest
        {
            MaxMessages = operation.Max,
            VisibilityTimeout = Seconds(operation.Lease),
            Delete = operation.Delete,
        };
        var delivered = (await world.On(operation.Process, operation.Queue).TryDequeueAsync(request, operation.Source)).Value;
        return () => TakeDelivered(operation.Queue, operation.Source, request, delivered);
    }

    /// <summary>
    /// Of each chain the first messages, or none, in their order, and nothing else; nothing at all only if nothing is certain.
    /// </summary>
    private void TakeDelivered(int number, MessageSource source, DequeueRequest request, IReadOnlyList<DeliveredMessage> delivered)
    {
        var queue = world.Queues[number];
        var chains = queue.Deliverable(source);
        delivered.Count.ShouldBeLessThanOrEqualTo(request.MaxMessages);
        if (delivered.Count == 0)
            chains.Where(c => c.IsCertain).SelectMany(c => c.Messages).Select(m => m.Text).ShouldBeEmpty("There is something to deliver");
        foreach (var together in delivered.GroupBy(d => chains.FirstOrDefault(c => c.Messages.Any(m => m.Id == d.Id()))))
        {
            var chain = together.Key.ShouldNotBeNull(
                $"{string.Join(", ", together.Select(d => queue.Find(d.Id())?.Text))} cannot be delivered"
            );
            together.Select(d => d.Id()).ShouldBe(chain.Messages.Select(m => m.Id).Take(together.Count()));
            if (!request.Delete)
                queue.TakeGroup(chain.Messages[0]);
            foreach (var (message, one) in chain.Messages.Zip(together))
                TakeDelivered(number, source, request, message, one);
        }
    }

    private void TakeDelivered(int number, MessageSource source, DequeueRequest request, MessageModel message, DeliveredMessage delivered)
    {
        var queue = world.Queues[number];
        var until = world.Now + (request.VisibilityTimeout ?? queue.Settings.VisibilityTimeout);
        var leased = message.Deliver(delivered.Receipt, until);
        queue.Set(leased);
        (delivered.Receipt is null).ShouldBe(request.Delete);
        if (delivered.Receipt is { } receipt)
            world.HandedOut = world.HandedOut.Add(new HandedOut(queue, number, source, message.Id, receipt));
        delivered.Message.VisibleAt.ShouldBe(request.Delete ? world.Now : until);
        delivered.Message.Status.ShouldBe(source == MessageSource.Live ? MessageStatus.Leased : MessageStatus.DeadLettered);
        Compare.Content(leased, delivered.Message);
    }

    private async Task<Action> SettleAsync(Operation.Settle operation)
    {
        // Those that are good first, the latest of them first.
        var likeliest = Enumerable.Reverse(world.HandedOut).OrderByDescending(h => h.Queue == world.Queues[h.Number] && h.IsGood).ToList();
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
            Operation.Verb.Release => new Settlement.Release(),
            _ => new Settlement.DeadLetter(operation.Seconds is null ? "enough" : null),
        };
        var outcomes = (
            await world
                .Processes[operation.Process]
                .Engine.SettleAsync(
                    World.Names[first.Number],
                    first.Source,
                    settlement,
                    [.. settled.Select(h => h.Receipt)],
                    World.Cancellation
                )
                .WithinPatienceAsync()
        ).Value;
        outcomes.Count.ShouldBe(settled.Length);
        // Where one of them decides about another, as the first of two holders of a group, either may be the first.
        return () => world.InSomeOrder([.. settled.Zip(outcomes, (one, outcome) => (Action)(() => TakeSettled(one, settlement, outcome)))]);
    }

    private void TakeSettled(HandedOut one, Settlement settlement, Settled outcome)
    {
        // Receipts are good for one generation of the queue.
        if (one.Queue != world.Queues[one.Number])
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
        var queue = world.Queues[operation.Queue];
        var scheduledFirst = queue.Messages.OrderByDescending(m => m.Statuses.Contains(MessageStatus.Scheduled)).ToList();
        if (scheduledFirst.Count == 0)
            return () => { };
        var id = scheduledFirst[operation.Pick % scheduledFirst.Count].Id;
        var cancelled = await world
            .Processes[operation.Process]
            .Engine.CancelScheduledAsync(World.Names[operation.Queue], id, World.Cancellation)
            .WithinPatienceAsync();
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

    /// <summary>One that is over may have been dropped already, or be a dead letter by now.</summary>
    private async Task<Action> RemoveAsync(Operation.Remove operation)
    {
        var queue = world.Queues[operation.Queue];
        var wantsDead = operation.Source == MessageSource.DeadLetters;
        var known = queue.Messages.OrderByDescending(m => !m.IsGone && m.IsDead == wantsDead).ToList();
        if (known.Count == 0)
            return () => { };
        var id = known[operation.Pick % known.Count].Id;
        var removed = await world
            .Processes[operation.Process]
            .Operations.RemoveAsync(World.Names[operation.Queue], operation.Source, id, World.Cancellation)
            .WithinPatienceAsync();
        return () =>
        {
            var message = queue.Find(id)!;
            var isThere = !message.IsGone && message.IsDead == wantsDead;
            if (removed.Failure is Failure.MessageLeased)
                (isThere && message.IsOut).ShouldBeTrue($"{message.Text} is leased");
            else if (removed.Failure is not null)
                removed.Failure.ShouldBeOfType<Failure.MessageNotFound>();
            if (message.IsOver)
                (isThere || removed.Failure is not null).ShouldBeTrue($"{message.Text} is not there");
            else
                (removed.Failure is null).ShouldBe(isThere && !message.IsOut, $"To remove {message.Text}");
            if (removed.Failure is null)
                queue.Set(message.Remove());
        };
    }

    /// <summary>What a sweep does at any time: nothing that shows, but for what is over.</summary>
    private async Task<Action> SweepAsync(Operation.Sweep operation)
    {
        var report = await world.Processes[operation.Process].SweepAsync(operation.Scope, operation.Everything);
        return () => report.ShardsFailed.ShouldBe(0);
    }

    private static TimeSpan? Seconds(int? seconds) => seconds is { } there ? TimeSpan.FromSeconds(there) : null;
}
