using System.Collections.Immutable;
using FuncQueue.Engine.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace FuncQueue.Engine.Tests.Model;

/// <summary>Two real processes on one storage, and beside them the model of their two queues.</summary>
internal sealed class World : IAsyncDisposable
{
    public static readonly QueueName[] Names = [TestEngine.Name("first"), TestEngine.Name("second")];

    private readonly string connectionString;

    public World(string connectionString, int rowSize)
    {
        this.connectionString = connectionString;
        var unique = Guid.NewGuid().ToString("N");
        Options = new EngineOptions
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
        Processes = [Start(), Start()];
    }

    public static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public EngineOptions Options { get; }

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero));

    public DateTimeOffset Now => Time.GetUtcNow();

    public TestEngine[] Processes { get; }

    public QueueModel[] Queues { get; } = new QueueModel[2];

    public ImmutableList<HandedOut> HandedOut { get; set; } = [];

    public IEnumerable<string> LoggedErrors => Processes.SelectMany(p => p.LoggedErrors);

    /// <summary>A process, about to work on a queue.</summary>
    public TestEngine On(int process, int queue)
    {
        Processes[process].Queue = Names[queue];
        return Processes[process];
    }

    public async Task CreateAsync(TestEngine process, int queue, QueueSettingsChange settings)
    {
        (await process.PutQueueAsync(settings)).Created.ShouldBeTrue();
        Queues[queue] = new QueueModel(process.Queue.Value, Time, settings.ApplyTo(new QueueSettings()));
    }

    /// <summary>A process dies, and another takes its place.</summary>
    public async Task RestartAsync(int process)
    {
        Processes[process].LoggedErrors.ShouldBeEmpty();
        Processes[process].Kill();
        await Processes[process].DisposeAsync();
        Processes[process] = Start();
    }

    public Task WhenIdleAsync() => Task.WhenAll(Processes.Select(p => p.Engine.WhenIdleAsync().WithinPatienceAsync()));

    public async Task<StoredMessage?> FindAsync(int number, MessageModel message)
    {
        var found = await Processes[number].Engine.FindMessageAsync(Names[number], message.Id, Cancellation);
        if (found.Failure is null)
            return found.Value;
        found.Failure.ShouldBeOfType<Failure.MessageNotFound>();
        return null;
    }

    /// <summary>
    /// Looks for an order in which all checks hold, each on the model as those before it have left it, and a last one on what they have
    /// made of it.
    /// </summary>
    public void InSomeOrder(Action[] checks, Action? last = null)
    {
        var before = (HandedOut, Messages: Queues.Select(q => q.Messages).ToList());
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
                HandedOut = before.HandedOut;
                for (var number = 0; number < 2; number++)
                    Queues[number].Messages = before.Messages[number];
            }
        }

        throw checks.Length == 1
            ? disagreement!
            : new ShouldAssertException($"In no order of {checks.Length}: {disagreement!.Message}", disagreement);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var name in Names)
            await Processes[0].Engine.DeleteQueueAsync(name, CancellationToken.None);
        foreach (var process in Processes)
            await process.DisposeAsync();
    }

    private TestEngine Start() => new([connectionString], Options, Time);

    private static IEnumerable<List<Action>> Orders(Action[] checks) =>
        checks.Length == 0
            ?
            [
                [],
            ]
            : Enumerable
                .Range(0, checks.Length)
                .SelectMany(first => Orders([.. checks.Where((_, i) => i != first)]).Select(rest => rest.Prepend(checks[first]).ToList()));
}
