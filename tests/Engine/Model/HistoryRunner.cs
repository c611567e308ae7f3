using System.Collections.Immutable;
using FuncQueue.Engine.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace FuncQueue.Engine.Tests.Model;

/// <summary>Carries out a history on real processes and on the model, and compares what they say.</summary>
public sealed partial class HistoryRunner : IAsyncDisposable
{
    private static readonly QueueName[] Names = [TestEngine.Name("first"), TestEngine.Name("second")];

    private readonly FakeTimeProvider time = new(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly string connectionString;
    private readonly EngineOptions options;
    private readonly TestEngine[] processes;
    private readonly QueueModel[] queues = new QueueModel[2];
    private ImmutableList<HandedOut> handedOut = [];
    private int letters;
    private bool settingsChanged;

    private HistoryRunner(string connectionString, int rowSize)
    {
        this.connectionString = connectionString;
        var unique = Guid.NewGuid().ToString("N");
        options = new EngineOptions
        {
            RegistryTable = "r" + unique,
            PayloadContainer = "payloads-" + unique,
            MaxClockOffset = TimeSpan.MaxValue,
            // One clock for all: what is true at an instant is then true for both processes.
            ClockSkewBound = TimeSpan.Zero,
            MaxMessagesPerRow = rowSize,
            // No answer counts as lost because the machine is busy.
            StorageTimeout = TimeSpan.FromMinutes(5),
        };
        processes = [Start(), Start()];
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private DateTimeOffset Now => time.GetUtcNow();

    /// <summary>Fails where processes and model disagree, and when a process logs an error.</summary>
    public static async Task RunAsync(string connectionString, History history)
    {
        await using var runner = new HistoryRunner(connectionString, history.RowSize);
        for (var queue = 0; queue < 2; queue++)
            await runner.CreateAsync(runner.On(0, queue), queue, history.Queues[queue]);
        foreach (var operation in history.Operations)
        {
            try
            {
                await runner.RunAsync(operation);
            }
            catch (Exception exception)
            {
                var logged = runner.processes.SelectMany(p => p.LoggedErrors);
                throw new InvalidOperationException($"At {CSharpText.Of(operation)}: {exception.Message}\n{string.Join('\n', logged)}", exception);
            }
        }

        await runner.FinishAsync();
        runner.processes.SelectMany(p => p.LoggedErrors).ShouldBeEmpty();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var name in Names)
            await processes[0].Engine.DeleteQueueAsync(name, CancellationToken.None);
        foreach (var process in processes)
            await process.DisposeAsync();
    }

    private TestEngine Start() => new([connectionString], options, time);

    /// <summary>A process, about to work on a queue.</summary>
    private TestEngine On(int process, int queue)
    {
        processes[process].Queue = Names[queue];
        return processes[process];
    }

    private async Task RunAsync(Operation operation)
    {
        switch (operation)
        {
            case Operation.Redrive redrive:
                await RedriveAsync(redrive);
                break;
            case Operation.Purge purge:
                await PurgeAsync(purge);
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
                processes[process].LoggedErrors.ShouldBeEmpty();
                processes[process].Kill();
                await processes[process].DisposeAsync();
                processes[process] = Start();
                break;
            case Operation.Look look:
                await LookAsync(look);
                break;
            case Operation.PassTime(var seconds):
                time.Advance(TimeSpan.FromSeconds(seconds));
                break;
            default:
                (await CallAsync(operation))();
                if (operation is Operation.Dequeue dequeue)
                    await NoticeAsync(dequeue.Queue);
                break;
        }
    }

    private async Task CreateAsync(TestEngine process, int queue, QueueSettingsChange settings)
    {
        (await process.PutQueueAsync(settings)).Created.ShouldBeTrue();
        queues[queue] = new QueueModel(process.Queue.Value, time, settings.ApplyTo(new QueueSettings()));
    }

    private async Task ChangeAsync(Operation.Change operation)
    {
        var queue = queues[operation.Queue];
        // Shards of a queue never become fewer.
        var settings = operation.Settings.Shards.Or(queue.Settings.Shards) < queue.Settings.Shards ? operation.Settings with { Shards = default } : operation.Settings;
        (await On(operation.Process, operation.Queue).PutQueueAsync(settings)).Created.ShouldBeFalse();
        queue.Change(settings);
        settingsChanged = true;
        time.Advance(options.SettingsCacheTime);
    }

    /// <summary>Nothing of the queue that was is in the one that is made, whatever the other process remembers.</summary>
    private async Task RecreateAsync(Operation.Recreate operation)
    {
        var (process, other) = (On(operation.Process, operation.Queue), On(1 - operation.Process, operation.Queue));
        (await process.Engine.DeleteQueueAsync(process.Queue, Cancellation)).Value.ShouldBeTrue();
        (await other.TryDequeueAsync()).Failure.ShouldBeOfType<Failure.QueueNotFound>();
        await CreateAsync(process, operation.Queue, operation.Settings with { Type = queues[operation.Queue].Settings.Type });
    }

    private async Task SweepAsync(Operation.Sweep operation)
    {
        var report = (await processes[operation.Process].SweepAsync(operation.Scope, operation.Everything));
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
        await WhenIdleAsync();
        var (died, queue) = (0, queues[number]);
        foreach (var message in queue.Messages.Where(m => m.IsOver))
        {
            var found = await FindAsync(number, message);
            if (!message.IsDead && found?.Status == MessageStatus.DeadLettered)
            {
                message.IsToBeDropped.ShouldBeFalse($"{message.Text} was not dropped");
                queue.Set(message.End());
                Compare(queue.Find(message.Id)!, found);
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

    private Task WhenIdleAsync() => Task.WhenAll(processes.Select(p => p.Engine.WhenIdleAsync().WithinPatienceAsync()));

    private async Task<StoredMessage?> FindAsync(int number, MessageModel message)
    {
        var found = await processes[number].Engine.FindMessageAsync(Names[number], message.Id, Cancellation);
        if (found.Failure is null)
            return found.Value;
        found.Failure.ShouldBeOfType<Failure.MessageNotFound>();
        return null;
    }

    /// <summary>A message with the receipt that it was once handed out with.</summary>
    private sealed record HandedOut(QueueModel Queue, int Number, MessageSource Source, MessageId Id, string Receipt)
    {
        public MessageModel Message => Queue.Find(Id)!;

        public bool IsGood => Message is { IsGone: false } message && message.Receipt == Receipt;
    }
}
