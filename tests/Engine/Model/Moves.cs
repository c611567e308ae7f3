using FuncQueue.Engine.Tests.Support;

namespace FuncQueue.Engine.Tests.Model;

/// <summary>Operations that move or remove many messages.</summary>
internal sealed class Moves(World world)
{
    /// <summary>Numbers of edited letters, below those of all that are enqueued.</summary>
    private int edits;

    public async Task RedriveAsync(Operation.Redrive operation)
    {
        var (source, target) = (world.Queues[operation.Queue], world.Queues[operation.To]);
        var known = source.Messages.OrderByDescending(m => m is { IsDead: true, IsGone: false }).ToList();
        var named = operation.Picks?.Where(_ => known.Count > 0).Select(p => known[p % known.Count]).Distinct().ToList();
        var request = new RedriveRequest
        {
            To = operation.To == operation.Queue ? null : World.Names[operation.To],
            MessageIds = named?.ConvertAll(m => m.Id),
            MaxMessages = operation.Max,
            Filter = operation.Meant?.ToFilter(),
        };
        var outcome = await world
            .Processes[operation.Process]
            .Engine.RedriveAsync(World.Names[operation.Queue], request, World.Cancellation)
            .WithinPatienceAsync();
        if (target.IsFifo && !source.IsFifo)
        {
            outcome.Failure.ShouldBeOfType<Failure.QueueTypeMismatch>();
            return;
        }

        var movable = (named ?? source.DeadLetters)
            .Where(m => m is { IsDead: true, IsGone: false, IsOver: false, IsOut: false } && operation.Meant?.Takes(m) != false)
            .ToList();
        var moved = named is null ? Math.Min(movable.Count, operation.Max ?? int.MaxValue) : movable.Count;
        var process = world.On(operation.Process, operation.To);
        var reborn = (await process.PeekEverythingAsync())
            .Where(m => m.OriginalMessageId is { } origin && movable.Exists(d => d.FirstId == origin))
            .OrderBy(m => m.SequenceNumber)
            .ToList();
        reborn.Select(m => m.OriginalMessageId).ShouldBeUnique();
        reborn.Count.ShouldBe(moved);
        foreach (var stored in reborn)
        {
            Compare.BehindItsGroup(target, stored.GroupId, stored.SequenceNumber);
            target.Redrive(movable.Single(m => m.FirstId == stored.OriginalMessageId), stored);
        }

        // Messages of a group keep their order, or get the one in which they were named.
        foreach (var group in target.IsFifo ? reborn.GroupBy(m => m.GroupId) : [])
        {
            var origins = group.Select(m => m.OriginalMessageId!.Value).ToList();
            var inOrder = named ?? [.. movable.OrderBy(m => m.SequenceNumber)];
            origins.ShouldBe(inOrder.Select(m => m.FirstId).Where(origins.Contains));
        }

        outcome.Value.ShouldBe(new Redriven(moved, source.DeadLetters.Count(m => m.Statuses.Count > 0)));
    }

    public async Task ResubmitAsync(Operation.Resubmit operation)
    {
        var (source, target) = (world.Queues[operation.Queue], world.Queues[operation.To]);
        var known = source.Messages.OrderByDescending(m => m is { IsDead: true, IsGone: false }).ToList();
        if (known.Count == 0)
            return;
        var dead = known[operation.Pick % known.Count];
        var edit = operation.Edit?.ToMessage(--edits, world.Now);
        var asked = new Resubmission
        {
            To = operation.To == operation.Queue ? null : World.Names[operation.To],
            Body = operation.Body ? edit?.Body.Bytes : null,
            Attributes = edit?.Attributes,
            ContentType = edit is null ? null : "text/edited",
        };
        var outcome = await world
            .Processes[operation.Process]
            .Operations.ResubmitAsync(World.Names[operation.Queue], dead.Id, asked, World.Cancellation)
            .WithinPatienceAsync();
        if (target.IsFifo && !source.IsFifo)
        {
            outcome.Failure.ShouldBeOfType<Failure.QueueTypeMismatch>();
        }
        else if (dead is { IsDead: true, IsGone: false, IsOut: true })
        {
            outcome.Failure.ShouldBeOfType<Failure.MessageLeased>(dead.Text);
        }
        else if (dead is { IsDead: true, IsGone: false, IsOver: false })
        {
            var stored = await world.On(operation.Process, operation.To).FindAsync(outcome.Value);
            Compare.BehindItsGroup(target, stored.GroupId, stored.SequenceNumber);
            var sent = dead.Sent with
            {
                Body = asked.Body is { } body ? MessageBody.FromBytes(body) : dead.Sent.Body,
                Attributes = asked.Attributes ?? dead.Sent.Attributes,
                ContentType = asked.ContentType ?? dead.Sent.ContentType,
            };
            target.Redrive(dead, stored, sent);
            Compare.Message(target.Find(stored.MessageId)!, stored);
        }
        else
        {
            outcome.Failure.ShouldBeOfType<Failure.MessageNotFound>(dead.Text);
        }
    }

    public async Task PurgeAsync(Operation.Purge operation)
    {
        var queue = world.Queues[operation.Queue];
        var purged = (
            await world
                .Processes[operation.Process]
                .Operations.PurgeAsync(World.Names[operation.Queue], operation.Source, operation.Meant?.ToFilter(), World.Cancellation)
                .WithinPatienceAsync()
        ).Value;
        var messages = (operation.Source == MessageSource.Live ? queue.Live : queue.DeadLetters)
            .Where(m => operation.Meant?.Takes(m) != false)
            .ToList();
        purged.Complete.ShouldBeTrue();
        purged.Count.ShouldBeInRange(messages.Count(m => !m.MayHaveEnded), messages.Count);
        messages.ForEach(m => queue.Set(m.Remove()));
        // The ids of all that was ever there are free again.
        if (operation is { Source: MessageSource.Live, Meant: null })
            queue.SetAll(m => m with { DeduplicatedUntil = default });
    }
}
