using System.Diagnostics.Metrics;
using Azure.Core.Pipeline;
using FuncQueue.Engine;
using FuncQueue.Engine.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace FuncQueue.Benchmarks.Contenders;

/// <summary>FuncQueue's engine in this very process, without HTTP.</summary>
internal sealed class EngineContender : IContender
{
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly ServiceProvider services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly RequestCount count = new();
    private readonly QueueEngine engine;
    private readonly QueueSettingsChange settings;

    public EngineContender(
        IReadOnlyList<string> accounts,
        QueueSettingsChange? settings = null,
        int? messagesPerRow = null,
        params IEnumerable<HttpPipelinePolicy> policies
    )
    {
        var options = new EngineOptions();
        if (messagesPerRow is { } most)
            options = options with { MaxMessagesPerRow = most };
        this.settings = settings ?? new QueueSettingsChange();
        engine = new QueueEngine(
            [.. accounts.Select(account => StorageClients.Connect(account, options, [count, .. policies]))],
            options,
            TimeProvider.System,
            NullLoggerFactory.Instance,
            services.GetRequiredService<IMeterFactory>()
        );
    }

    public StorageUse Use => count.Use;

    public QueueEngine Engine => engine;

    public async Task CreateAsync(string queue) =>
        await PatientlyAsync(() => engine.PutQueueAsync(Name(queue), settings, default, CancellationToken.None), CancellationToken.None);

    /// <summary>Whether calls that storage throttled are made again, as a client would.</summary>
    public bool IsPatient { get; init; }

    public async Task EnqueueAsync(string queue, ReadOnlyMemory<byte> body, string? group) =>
        await PatientlyAsync(() => engine.EnqueueAsync(Name(queue), Message(body, group), CancellationToken.None), CancellationToken.None);

    public async Task EnqueueBatchAsync(string queue, IReadOnlyList<ReadOnlyMemory<byte>> bodies)
    {
        foreach (
            var outcome in Value(
                await engine.EnqueueBatchAsync(Name(queue), [.. bodies.Select(b => Message(b, null))], CancellationToken.None)
            )
        )
            Value(outcome);
    }

    public async Task<IReadOnlyList<Taken>> DequeueAsync(string queue, int most, CancellationToken cancellationToken)
    {
        var request = new DequeueRequest { MaxMessages = most, Wait = Wait };
        var delivered = await PatientlyAsync(
            () => engine.DequeueAsync(Name(queue), MessageSource.Live, request, cancellationToken),
            cancellationToken
        );
        return [.. delivered.Select(d => new Taken(d.Receipt!))];
    }

    public async Task AckAsync(string queue, Taken message)
    {
        var settled = await PatientlyAsync(
            () =>
                engine.SettleAsync(Name(queue), MessageSource.Live, new Settlement.Ack(), [(string)message.Handle], CancellationToken.None),
            CancellationToken.None
        );
        if (settled[0].Status != SettleStatus.Ok)
            throw new InvalidOperationException($"An ack was answered {settled[0].Status}.");
    }

    /// <summary>What the timers of the function app do.</summary>
    public async Task SweepAsync(SweepScope scope, bool everything = false) =>
        Value(await engine.SweepAsync(scope, everything, CancellationToken.None));

    public async ValueTask DisposeAsync()
    {
        await engine.DisposeAsync();
        count.Dispose();
        await services.DisposeAsync();
    }

    private async Task<T> PatientlyAsync<T>(Func<Task<Outcome<T>>> call, CancellationToken cancellationToken)
    {
        while (true)
        {
            var outcome = await call();
            if (
                !IsPatient
                || outcome.TryGetValue(out _, out var failure)
                || failure is not (Failure.StorageThrottled or Failure.StorageUnavailable or Failure.Overloaded or Failure.OutcomeUnknown)
            )
                return Value(outcome);
            await Task.Delay(Pause, TimeProvider.System, cancellationToken);
        }
    }

    public static QueueName Name(string text) =>
        QueueName.TryParse(text, out var name) ? name : throw new ArgumentException(text, nameof(text));

    private static NewMessage Message(ReadOnlyMemory<byte> body, string? group) =>
        new() { Body = MessageBody.FromBytes(body), GroupId = group };

    private static T Value<T>(Outcome<T> outcome) =>
        outcome.TryGetValue(out var value, out var failure)
            ? value
            : throw new InvalidOperationException($"The engine answered {failure}.");
}
