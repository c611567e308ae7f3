using System.Globalization;
using System.Text.Json;
using FuncQueue.Client;
using Rebus.Bus;
using Rebus.Messages;
using Rebus.Transport;

namespace FuncQueue.Rebus;

/// <summary>Rebus's messages in FuncQueue's. Rebus's headers travel as one attribute, since their names may be anything.</summary>
internal sealed class FuncQueueTransport(FuncQueueClient client, string? inputQueue)
    : AbstractRebusTransport(inputQueue),
        IInitializable,
        IAsyncDisposable
{
    /// <summary>Where deferred messages are sent to; they go to their recipients at once, and are held back there.</summary>
    public const string DeferredAddress = "***funcqueue-deferred***";

    /// <summary>Of a transaction: why its message is to be a dead letter.</summary>
    public const string DeadLetterReason = "funcqueue-dead-letter-reason";

    private const string HeadersAttribute = "rebus-headers";

    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(20);

    private readonly System.Collections.Concurrent.ConcurrentDictionary<string, FuncQueueSender> senders = new(StringComparer.Ordinal);
    private readonly FuncQueueReceiver? receiver = inputQueue is null
        ? null
        : client.CreateReceiver(inputQueue, new FuncQueueReceiverOptions { LeaseDuration = Lease });

    /// <summary>Rebus calls it once, before the bus begins to work.</summary>
    public void Initialize()
    {
        if (Address is not null)
            CreateQueue(Address);
    }

    public override void CreateQueue(string address) =>
        client
            .Administration.CreateOrUpdateQueueAsync(address, new QueueSettings { MaxDeliveryCount = QueueSettings.NoLimit })
            .GetAwaiter()
            .GetResult();

    public override async Task<TransportMessage?> Receive(ITransactionContext context, CancellationToken cancellationToken)
    {
        if (receiver is null)
            throw new InvalidOperationException("A one-way client does not receive.");
        var messages = await receiver.ReceiveAsync(1, Wait, cancellationToken);
        if (messages.Count == 0)
            return null;
        var message = messages[0];
        var renewal = new CancellationTokenSource();
        _ = RenewAsync(receiver, message, renewal.Token);
        context.OnAck(async ended =>
        {
            await renewal.CancelAsync();
            var reason = ended.Items.TryGetValue(DeadLetterReason, out var dead) ? (string)dead : null;
            await (
                reason is null
                    ? receiver.AckAsync(message, CancellationToken.None)
                    : receiver.DeadLetterAsync(message, reason, CancellationToken.None)
            );
        });
        context.OnNack(async _ =>
        {
            await renewal.CancelAsync();
            await receiver.NackAsync(message, cancellationToken: CancellationToken.None);
        });
        context.OnDisposed(_ => renewal.Cancel());
        var headers = message.Attributes.TryGetValue(HeadersAttribute, out var json)
            ? JsonSerializer.Deserialize<Dictionary<string, string>>(json)!
            : [];
        headers[Headers.DeliveryCount] = message.DeliveryCount.ToString(CultureInfo.InvariantCulture);
        headers.TryAdd(Headers.MessageId, message.MessageId.ToString());
        return new TransportMessage(headers, message.Body.ToArray());
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var sender in senders.Values)
            await sender.DisposeAsync();
    }

    protected override Task SendOutgoingMessages(IEnumerable<OutgoingTransportMessage> outgoingMessages, ITransactionContext context) =>
        Task.WhenAll(outgoingMessages.Select(SendAsync));

    private Task SendAsync(OutgoingTransportMessage outgoing)
    {
        var headers = new Dictionary<string, string>(outgoing.TransportMessage.Headers);
        var message = new FuncQueueMessage(BinaryData.FromBytes(outgoing.TransportMessage.Body));
        var destination = outgoing.DestinationAddress;
        if (destination == DeferredAddress)
        {
            destination = headers[Headers.DeferredRecipient];
            message.EnqueueAt = DateTimeOffset.Parse(headers[Headers.DeferredUntil], CultureInfo.InvariantCulture);
            headers.Remove(Headers.DeferredRecipient);
            headers.Remove(Headers.DeferredUntil);
        }

        if (headers.TryGetValue(Headers.TimeToBeReceived, out var life))
            message.TimeToLive = TimeSpan.Parse(life, CultureInfo.InvariantCulture);
        headers.Remove(Headers.DeliveryCount);
        message.Attributes[HeadersAttribute] = JsonSerializer.Serialize(headers);
        return senders.GetOrAdd(destination, name => client.CreateSender(name)).SendAsync(message);
    }

    private static async Task RenewAsync(FuncQueueReceiver receiver, ReceivedMessage message, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Lease / 3, TimeProvider.System);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                try
                {
                    if (await receiver.ExtendAsync(message, Lease, cancellationToken) != SettleStatus.Ok)
                        return;
                }
                catch (FuncQueueException)
                {
                    // Once more at the next tick, while the lease lasts.
                }
            }
        }
        catch (OperationCanceledException) { }
    }
}
