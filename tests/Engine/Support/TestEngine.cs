using System.Text;
using Azure.Core.Pipeline;
using FuncQueue.Engine.Figures;
using FuncQueue.Engine.Keys;
using FuncQueue.Engine.Storage;
using FuncQueue.Engine.Topics;

namespace FuncQueue.Engine.Tests.Support;

/// <summary>
/// One process of FuncQueue. The methods expect success and fail the test otherwise; for more, there is <see cref="Engine"/>.
/// </summary>
public sealed class TestEngine : IAsyncDisposable
{
    private readonly ErrorLog log = new();
    private readonly TestMeters meters = new();
    private bool abandoned;

    public TestEngine(IReadOnlyList<string> accounts, EngineOptions options, TimeProvider time)
    {
        IReadOnlyList<HttpPipelinePolicy> policies = [new ServiceLimits(), Requests, Faults];
        Engine = new QueueEngine(
            [.. accounts.Select(account => StorageClients.Connect(account, options, policies))],
            options,
            time,
            log,
            meters
        );
        Operations = new QueueOperations(Engine);
        Topics = new TopicEngine(Engine);
        Keys = new KeyRing(Engine);
        Figures = new FigureReader(Engine);
    }

    public QueueEngine Engine { get; }

    public QueueOperations Operations { get; }

    public KeyRing Keys { get; }

    public FigureReader Figures { get; }

    public TopicEngine Topics { get; }

    public StorageFaults Faults { get; } = new();

    public RequestLog Requests { get; } = new();

    /// <summary>The queue that the methods below work on.</summary>
    public QueueName Queue { get; set; } = Name("orders");

    /// <summary>What this process says of queues: depth and age, as last counted.</summary>
    public IReadOnlyList<(string Instrument, double Value, string Tags)> Gauges => meters.Observe();

    /// <summary>Writes that met another process's.</summary>
    public long Conflicts => meters.Conflicts;

    public IReadOnlyCollection<string> LoggedErrors => log.Errors;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static QueueName Name(string text) =>
        QueueName.TryParse(text, out var name) ? name : throw new ArgumentException($"{text} is no queue name.", nameof(text));

    /// <summary>Stops the process at this instant: nothing it has begun reaches storage any more, and nobody tidies up after it.</summary>
    public void Kill()
    {
        Faults.Kill();
        Abandon();
    }

    /// <summary>Leaves the process alone for good: it is not stopped in an orderly way at the end of the test.</summary>
    public void Abandon() => abandoned = true;

    public async Task<QueuePut> PutQueueAsync(QueueSettingsChange? settings = null, QueueCondition condition = default) =>
        (await Engine.PutQueueAsync(Queue, settings ?? new QueueSettingsChange(), condition, Cancellation)).Value;

    public async Task<QueueStatus> StatusAsync() => (await Engine.GetQueueAsync(Queue, Cancellation)).Value;

    public async Task<MessageCounts> CountsAsync() => (await StatusAsync()).Counts;

    public async Task<MessageId> EnqueueAsync(string text) => await EnqueueAsync(Text(text));

    public async Task<MessageId> EnqueueAsync(NewMessage message) => (await TryEnqueueAsync(message)).Value.MessageId;

    public Task<Outcome<Enqueued>> TryEnqueueAsync(string text) => TryEnqueueAsync(Text(text));

    public Task<Outcome<Enqueued>> TryEnqueueAsync(NewMessage message) =>
        Engine.EnqueueAsync(Queue, message, Cancellation).WithinPatienceAsync();

    /// <summary>Enqueues together: they share a row as far as they fit.</summary>
    public async Task<IReadOnlyList<MessageId>> EnqueueAllAsync(IEnumerable<NewMessage> messages)
    {
        var outcomes = await Engine.EnqueueBatchAsync(Queue, [.. messages], Cancellation).WithinPatienceAsync();
        return [.. outcomes.Value.Select(o => o.Value.MessageId)];
    }

    /// <summary>Enqueues as one, by one id.</summary>
    public async Task<IReadOnlyList<Enqueued>> EnqueueTogetherAsync(IReadOnlyList<NewMessage> messages, string id) =>
        (await TryEnqueueTogetherAsync(messages, id)).Value;

    public Task<Outcome<IReadOnlyList<Enqueued>>> TryEnqueueTogetherAsync(IReadOnlyList<NewMessage> messages, string id) =>
        Engine.EnqueueTogetherAsync(Queue, messages, id, Cancellation).WithinPatienceAsync();

    public Task<IReadOnlyList<MessageId>> EnqueueAllAsync(params IEnumerable<string> texts) => EnqueueAllAsync(texts.Select(Text));

    public async Task<IReadOnlyList<DeliveredMessage>> DequeueAsync(
        int max = 1,
        TimeSpan? visibilityTimeout = null,
        TimeSpan wait = default,
        bool delete = false,
        MessageSource source = MessageSource.Live
    ) =>
        (
            await TryDequeueAsync(
                new DequeueRequest
                {
                    MaxMessages = max,
                    VisibilityTimeout = visibilityTimeout,
                    Wait = wait,
                    Delete = delete,
                },
                source
            )
        ).Value;

    public Task<Outcome<IReadOnlyList<DeliveredMessage>>> TryDequeueAsync(
        DequeueRequest? request = null,
        MessageSource source = MessageSource.Live
    ) => Engine.DequeueAsync(Queue, source, request ?? new DequeueRequest(), Cancellation).WithinPatienceAsync();

    public async Task<DeliveredMessage> DequeueOneAsync(TimeSpan? visibilityTimeout = null, MessageSource source = MessageSource.Live) =>
        (await DequeueAsync(1, visibilityTimeout, source: source)).ShouldHaveSingleItem();

    /// <summary>Dequeues until there is nothing left; the leases stay.</summary>
    public async Task<IReadOnlyList<DeliveredMessage>> DequeueEverythingAsync(
        TimeSpan? visibilityTimeout = null,
        MessageSource source = MessageSource.Live
    )
    {
        var all = new List<DeliveredMessage>();
        while (await DequeueAsync(Limits.MaxBatchSize, visibilityTimeout, source: source) is { Count: > 0 } some)
            all.AddRange(some);
        return all;
    }

    public async Task<SettleStatus> AckAsync(DeliveredMessage message, MessageSource source = MessageSource.Live) =>
        (await SettleAsync(new Settlement.Ack(), message, source)).Status;

    public async Task<SettleStatus> NackAsync(
        DeliveredMessage message,
        TimeSpan? delay = null,
        string? reason = null,
        MessageSource source = MessageSource.Live
    ) => (await SettleAsync(new Settlement.Nack(delay, reason), message, source)).Status;

    public Task<Settled> ExtendAsync(DeliveredMessage message, TimeSpan? visibilityTimeout, MessageSource source = MessageSource.Live) =>
        SettleAsync(new Settlement.Extend(visibilityTimeout), message, source);

    public async Task<SettleStatus> DeadLetterAsync(DeliveredMessage message, string? reason = null) =>
        (await SettleAsync(new Settlement.DeadLetter(reason), message)).Status;

    public async Task<Settled> SettleAsync(Settlement settlement, DeliveredMessage message, MessageSource source = MessageSource.Live) =>
        (await TrySettleAsync(settlement, [message], source)).Value.ShouldHaveSingleItem();

    public Task<Outcome<IReadOnlyList<Settled>>> TrySettleAsync(
        Settlement settlement,
        IEnumerable<DeliveredMessage> messages,
        MessageSource source = MessageSource.Live
    ) =>
        Engine
            .SettleAsync(Queue, source, settlement, [.. messages.Select(m => m.Receipt.ShouldNotBeNull())], Cancellation)
            .WithinPatienceAsync();

    /// <summary>Drops a message by its id; why it was not, or null.</summary>
    public async Task<Failure?> RemoveAsync(MessageId id, MessageSource source = MessageSource.Live) =>
        (await Operations.RemoveAsync(Queue, source, id, Cancellation).WithinPatienceAsync()).Failure;

    public async Task<SettleStatus> AckReceiptAsync(string receipt) =>
        (await Engine.SettleAsync(Queue, MessageSource.Live, new Settlement.Ack(), [receipt], Cancellation).WithinPatienceAsync())
            .Value.ShouldHaveSingleItem()
            .Status;

    public async Task<SweepReport> SweepAsync(SweepScope scope = SweepScope.All, bool everything = false) =>
        (await Engine.SweepAsync(scope, everything, Cancellation).WithinPatienceAsync()).Value;

    public async Task<StoredMessage> FindAsync(MessageId id) => (await Engine.FindMessageAsync(Queue, id, Cancellation)).Value;

    public async Task<byte[]> ReadBodyAsync(MessageId id)
    {
        await using var body = (await Engine.OpenBodyAsync(Queue, id, Cancellation)).Value;
        using var copy = new MemoryStream();
        await body.Content.CopyToAsync(copy, Cancellation);
        body.Length.ShouldBe(copy.Length);
        return copy.ToArray();
    }

    /// <summary>Everything a peek shows, page by page.</summary>
    public async Task<IReadOnlyList<StoredMessage>> PeekEverythingAsync(MessageSource source = MessageSource.Live, int pageSize = 100)
    {
        var all = new List<StoredMessage>();
        string? continuation = null;
        do
        {
            var page = (await Engine.PeekAsync(Queue, source, pageSize, continuation, Cancellation)).Value;
            page.Messages.Count.ShouldBeLessThanOrEqualTo(pageSize);
            all.AddRange(page.Messages);
            continuation = page.Continuation;
        } while (continuation is not null);
        return all;
    }

    public async ValueTask DisposeAsync()
    {
        if (!abandoned)
        {
            await Topics.DisposeAsync();
            await Engine.DisposeAsync();
        }

        meters.Dispose();
        log.Dispose();
    }

    public static NewMessage Text(string text) =>
        new() { Body = MessageBody.FromBytes(Encoding.UTF8.GetBytes(text)), ContentType = "text/plain" };
}
