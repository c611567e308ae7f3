using FuncQueue.Client.Json;
using FuncQueue.Client.Telemetry;
using FuncQueue.Client.Transport;

namespace FuncQueue.Client.Receiving;

/// <summary>Receives of one queue, or of its dead letters.</summary>
internal sealed class QueueReceiving(string queue, string source, HttpTransport transport)
{
    /// <summary>What the server takes.</summary>
    internal const int MaxMessages = 100;

    /// <summary>The longest that the server waits.</summary>
    internal static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(20);

    private const int BodiesAtOnce = 4;

    private readonly string path = $"queues/{Uri.EscapeDataString(queue)}/";

    public SettleCalls Settle { get; } = new(queue, source, transport);

    public HttpTransport Transport => transport;

    public string Queue => queue;

    public async Task<IReadOnlyList<ReceivedMessage>> DequeueAsync(
        int maxMessages,
        TimeSpan wait,
        TimeSpan? lease,
        bool delete,
        CancellationToken cancellationToken
    )
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxMessages, 1);
        var began = transport.Now;
        wait = wait > MaxWait ? MaxWait : wait;
        var query = $"dequeue?maxMessages={Wire.Text(Math.Min(maxMessages, MaxMessages))}&waitSeconds={Wire.Text(wait)}";
        if (lease is { } time)
            query += $"&visibilityTimeoutSeconds={Wire.Text(time)}";
        if (delete)
            query += "&mode=delete";
        FuncQueueErrorReason? failed = null;
        IReadOnlyList<ReceivedMessage> messages = [];
        try
        {
            // Messages whose answer was lost come again, once their lease ends; those that were deleted do not.
            var repetition = delete ? Repetition.IfNothingHappened : Repetition.Always;
            var call = Call.Post($"{path}{source}/{query}", repetition) with { Wait = wait };
            var answer = await transport.SendAsync(call, WireJson.Default.WireMessages, cancellationToken);
            messages = [.. answer.Value.Messages.Select(message => message.ToMessage(LeaseEnd(message, answer, lease)))];
            ClientTelemetry.CountConsumed(queue, messages.Count);
            return messages;
        }
        catch (FuncQueueException failure)
        {
            failed = failure.Reason;
            throw;
        }
        finally
        {
            using var span =
                messages.Count > 0
                    ? ClientTelemetry.StartRequest("receive", queue, messages.Count, messages.Select(message => message.TraceParent))
                    : null;
            ClientTelemetry.Ended(span, "receive", queue, transport.Now - began, failed);
        }
    }

    public async Task<FuncQueuePage<ReceivedMessage>> ListAsync(
        string of,
        int maxMessages,
        string? continuation,
        CancellationToken cancellationToken
    )
    {
        var query = $"?maxMessages={Wire.Text(maxMessages)}";
        if (continuation is not null)
            query += $"&continuation={Uri.EscapeDataString(continuation)}";
        var answer = await transport.SendAsync(Call.Get(path + of + query), WireJson.Default.WireMessages, cancellationToken);
        return new([.. answer.Value.Messages.Select(message => message.ToMessage())], answer.Value.Continuation);
    }

    public async Task<ReceivedMessage?> FindAsync(Guid messageId, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await transport.SendAsync(
                Call.Get($"{path}messages/{messageId}"),
                WireJson.Default.WireMessage,
                cancellationToken
            );
            return answer.Value.ToMessage();
        }
        catch (FuncQueueException failure) when (failure.Reason == FuncQueueErrorReason.MessageNotFound)
        {
            return null;
        }
    }

    public Task<Stream> OpenBodyAsync(Guid messageId, CancellationToken cancellationToken) =>
        transport.OpenAsync(Call.Get($"{path}messages/{messageId}/body") with { Unlimited = true }, cancellationToken);

    /// <summary>Reads the bodies that lie in blobs. Throws for the first that cannot be read.</summary>
    public Task LoadAsync(IEnumerable<ReceivedMessage> messages, CancellationToken cancellationToken) =>
        Parallel.ForEachAsync(
            messages.Where(message => !message.IsBodyLoaded),
            new ParallelOptions { MaxDegreeOfParallelism = BodiesAtOnce, CancellationToken = cancellationToken },
            async (message, token) =>
            {
                await using var stream = await OpenBodyAsync(message.MessageId, token);
                message.Load(await BinaryData.FromStreamAsync(stream, token));
            }
        );

    private TimeSpan LeaseEnd(WireMessage message, Answer<WireMessages> answer, TimeSpan? lease) =>
        lease is { } length ? transport.Clock.EarliestEnd(message.VisibleAt, answer.SentAt, answer.ReceivedAt, length) : default;
}
