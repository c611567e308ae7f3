using FuncQueue.Engine.Tests.Support;

namespace FuncQueue.Engine.Tests.Model;

/// <summary>Carries out a history on real processes and on the model, and compares what they say.</summary>
public sealed class HistoryRunner
{
    private readonly World world;
    private readonly Calls calls;
    private readonly Moves moves;
    private bool settingsChanged;

    private HistoryRunner(World world)
    {
        this.world = world;
        calls = new Calls(world);
        moves = new Moves(world);
    }

    /// <summary>Fails where processes and model disagree, and when a process logs an error.</summary>
    public static async Task RunAsync(string connectionString, History history)
    {
        await using var world = new World(connectionString, history.RowSize);
        var runner = new HistoryRunner(world);
        for (var queue = 0; queue < 2; queue++)
            await world.CreateAsync(world.On(0, queue), queue, history.Queues[queue]);
        foreach (var operation in history.Operations)
        {
            try
            {
                await runner.RunAsync(operation);
            }
            catch (Exception exception)
            {
                throw new InvalidOperationException(
                    $"At {CSharpText.Of(operation)}: {exception.Message}\n{string.Join('\n', world.LoggedErrors)}",
                    exception
                );
            }
        }

        await runner.FinishAsync();
        world.LoggedErrors.ShouldBeEmpty();
    }

    private async Task RunAsync(Operation operation)
    {
        switch (operation)
        {
            case Operation.Redrive redrive:
                await moves.RedriveAsync(redrive);
                break;
            case Operation.Resubmit resubmit:
                await moves.ResubmitAsync(resubmit);
                break;
            case Operation.Purge purge:
                await moves.PurgeAsync(purge);
                break;
            case Operation.Sweep sweep:
                await SweepAsync(sweep);
                break;
            case Operation.Together together:
                await TogetherAsync(together);
                break;
            case Operation.Change change:
                await ChangeAsync(change);
                break;
            case Operation.Recreate recreate:
                await RecreateAsync(recreate);
                break;
            case Operation.Restart(var process):
                await world.RestartAsync(process);
                break;
            case Operation.Look look:
                await LookAsync(look);
                break;
            case Operation.PassTime(var seconds):
                world.Time.Advance(TimeSpan.FromSeconds(seconds));
                break;
            default:
                (await calls.MakeAsync(operation))();
                if (operation is Operation.Dequeue dequeue)
                    await NoticeAsync(dequeue.Queue);
                break;
        }
    }

    private async Task ChangeAsync(Operation.Change operation)
    {
        var queue = world.Queues[operation.Queue];
        // Shards of a queue never become fewer.
        var settings =
            operation.Settings.Shards.Or(queue.Settings.Shards) < queue.Settings.Shards
                ? operation.Settings with
                {
                    Shards = default,
                }
                : operation.Settings;
        (await world.On(operation.Process, operation.Queue).PutQueueAsync(settings)).Created.ShouldBeFalse();
        queue.Change(settings);
        settingsChanged = true;
        world.Time.Advance(world.Options.SettingsCacheTime);
    }

    /// <summary>Nothing of the queue that was is in the one that is made, whatever the other process remembers.</summary>
    private async Task RecreateAsync(Operation.Recreate operation)
    {
        var (process, other) = (world.On(operation.Process, operation.Queue), world.On(1 - operation.Process, operation.Queue));
        (await process.Engine.DeleteQueueAsync(process.Queue, World.Cancellation)).Value.ShouldBeTrue();
        (await other.TryDequeueAsync()).Failure.ShouldBeOfType<Failure.QueueNotFound>();
        await world.CreateAsync(process, operation.Queue, operation.Settings with { Type = world.Queues[operation.Queue].Settings.Type });
    }

    private async Task SweepAsync(Operation.Sweep operation)
    {
        var report = (await world.Processes[operation.Process].SweepAsync(operation.Scope, operation.Everything));
        report.ShardsFailed.ShouldBe(0);
        // What a visit has noted to be due next may be too late once the settings have changed; the full pass makes up for that.
        var thorough = operation.Scope.HasFlag(SweepScope.Poison) && (operation.Everything || !settingsChanged);
        var died = await NoticeAsync(0, thorough) + await NoticeAsync(1, thorough);
        report.DeadLettered.ShouldBe(died);
        settingsChanged &= !(thorough && operation.Everything);
    }

    /// <summary>
    /// Whoever comes by a message that is over drops it or makes it a dead letter, which a look then shows; how many of these there were.
    /// Nobody has to come by, except a thorough sweep.
    /// </summary>
    private async Task<int> NoticeAsync(int number, bool thorough = false)
    {
        // A dequeue is answered by the first shard that has something; the others may still be seeing to what is over.
        await world.WhenIdleAsync();
        var (died, queue) = (0, world.Queues[number]);
        foreach (var message in queue.Messages.Where(m => m.IsOver))
        {
            var found = await world.FindAsync(number, message);
            if (!message.IsDead && found?.Status == MessageStatus.DeadLettered)
            {
                message.IsToBeDropped.ShouldBeFalse($"{message.Text} was not dropped");
                queue.Set(message.End());
                Compare.Message(queue.Find(message.Id)!, found);
                died++;
            }
            else if (thorough)
            {
                found.ShouldBeNull($"{message.Text} was left where it is");
                (message.IsToBeDropped || message.MayHaveEnded).ShouldBeTrue($"{message.Text} was lost");
                queue.Set(message.Remove());
            }
            else
            {
                (found is null).ShouldBe(message.Statuses.Count == 0, $"{message.Text} is there");
                if (message.IsToBeDropped)
                    queue.Set(message.Doubt());
            }
        }

        return died;
    }

    /// <summary>Carries calls out at the same time; then looks for an order in which the model gives the same answers.</summary>
    private async Task TogetherAsync(Operation.Together operation)
    {
        // Any of them may be the one that notices what is over.
        var certain = world.Queues.SelectMany(q => q.Messages).Where(m => !m.MayHaveEnded).Select(m => m.Id).ToHashSet();
        foreach (var queue in world.Queues)
            queue.SetAll(m => m.Doubt());
        var checks = await Task.WhenAll(operation.Operations.Select(calls.MakeAsync));
        await world.WhenIdleAsync();
        world.InSomeOrder(checks, await LookAtLeasesAsync(operation));
        for (var number = 0; number < 2; number++)
        {
            await NoticeAsync(number);
            // What was noticed has died or may have been dropped.
            world.Queues[number].SetAll(m => certain.Contains(m.Id) && !m.IsToBeDropped ? m.Confirm() : m);
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
        foreach (var one in world.HandedOut.Where(h => h.Queue == world.Queues[h.Number]).DistinctBy(h => h.Id))
            found.Add((one, await world.FindAsync(one.Number, one.Message)));
        return () => found.ForEach(f => Compare.Lease(f.One.Message, f.Stored));
    }

    /// <summary>At the end every message is where the model says, nothing else is there, and what can be delivered is.</summary>
    private async Task FinishAsync()
    {
        await SweepAsync(new Operation.Sweep(1, SweepScope.All, Everything: true));
        for (var number = 0; number < 2; number++)
        {
            await LookAsync(new Operation.Look(number, number, PageSize: 100));
            foreach (var message in world.Queues[number].Messages)
            {
                var found = await world.FindAsync(number, message);
                (found is null).ShouldBe(message.Statuses.Count == 0, $"{message.Text} is there");
                if (found is not null)
                    await CompareBodyAsync(world.On(1 - number, number), message, found);
            }

            await DrainAsync(number);
        }
    }

    /// <summary>No message is stuck: once leases and delays have ended, all are delivered, or are over.</summary>
    private async Task DrainAsync(int number)
    {
        var queue = world.Queues[number];
        world.Time.Advance(queue.Live.Select(m => m.ReadyBy - world.Now).Append(TimeSpan.Zero).Max());
        for (var process = 0; queue.Deliverable(MessageSource.Live).Any(c => c.IsCertain); process = 1 - process)
            await RunAsync(new Operation.Dequeue(process, number, MessageSource.Live, 10, null, Delete: true));
        await SweepAsync(new Operation.Sweep(0, SweepScope.Poison, Everything: true));
        (await world.On(0, number).CountsAsync()).ShouldBe(new MessageCounts(0, 0, 0, queue.DeadLetters.Count()));
    }

    private async Task LookAsync(Operation.Look operation)
    {
        var (process, queue) = (world.On(operation.Process, operation.Queue), world.Queues[operation.Queue]);
        var status = await process.StatusAsync();
        Compare.Counts(queue, status, world.Now);
        Compare.InOrder(queue, MessageStatus.Ready, await process.PeekEverythingAsync(pageSize: operation.PageSize));
        Compare.InOrder(
            queue,
            MessageStatus.DeadLettered,
            await process.PeekEverythingAsync(MessageSource.DeadLetters, operation.PageSize)
        );
        Compare.InOrder(
            queue,
            MessageStatus.Scheduled,
            await ReadPagesAsync(
                async continuation =>
                    (
                        await process.Operations.ListAsync(
                            process.Queue,
                            MessageStatus.Scheduled,
                            operation.PageSize,
                            continuation,
                            World.Cancellation
                        )
                    ).Value,
                p => (p.Messages, p.Continuation),
                operation.PageSize
            )
        );
        Compare.Groups(
            queue,
            await ReadPagesAsync(
                async continuation =>
                    (await process.Engine.ListGroupsAsync(process.Queue, operation.PageSize, continuation, World.Cancellation)).Value,
                p => (p.Groups, p.Continuation),
                operation.PageSize
            ),
            world.Now
        );
    }

    private static async Task<List<T>> ReadPagesAsync<TPage, T>(
        Func<string?, Task<TPage>> read,
        Func<TPage, (IReadOnlyList<T> Items, string? Continuation)> open,
        int pageSize
    )
    {
        var all = new List<T>();
        string? continuation = null;
        do
        {
            (var items, continuation) = open(await read(continuation));
            items.Count.ShouldBeLessThanOrEqualTo(pageSize);
            all.AddRange(items);
        } while (continuation is not null);
        return all;
    }

    private static async Task CompareBodyAsync(TestEngine process, MessageModel message, StoredMessage stored)
    {
        Compare.Message(message, stored);
        (await process.ReadBodyAsync(message.Id)).ShouldBe(message.Sent.Body.Bytes.ToArray(), message.Text);
    }
}
