using System.Globalization;
using System.Text;
using FuncQueue.Client.Json;
using FuncQueue.Client.Transport;

namespace FuncQueue.Client.Sending;

/// <summary>Messages to one queue.</summary>
internal sealed class QueueSending(string queue, HttpTransport transport, FuncQueueClientOptions client, FuncQueueSenderOptions options)
    : MessageSending<FuncQueueMessage, SendResult>(queue, IsOrdered(queue), transport, client, options)
{
    private const int MaxSharingKinds = 32;

    private readonly bool ordered = IsOrdered(queue);
    private readonly string path = $"queues/{Uri.EscapeDataString(queue)}/messages";

    public async Task<SendResult> SendStreamAsync(FuncQueueMessage message, Stream body, CancellationToken cancellationToken)
    {
        var call = Alone(Prepare(message, null), new StreamContent(body), Repetition.Never);
        return await AnswerAsync(call, cancellationToken);
    }

    public async Task<IReadOnlyList<SendOutcome>> SendAllAsync(
        IReadOnlyList<FuncQueueMessage> messages,
        CancellationToken cancellationToken
    ) => await Task.WhenAll(messages.Select(message => OutcomeAsync(message, cancellationToken)));

    protected override BinaryData BodyOf(FuncQueueMessage message) => message.Body;

    protected override string? DeduplicationIdOf(FuncQueueMessage message) => message.DeduplicationId;

    protected override long Size(FuncQueueMessage message) => MessageWriter.Size(message.Body, message.Attributes);

    protected override Guid IdOf(SendResult result) => result.MessageId;

    protected override Task<SendResult> SendAloneAsync(Outgoing<FuncQueueMessage> outgoing, CancellationToken cancellationToken) =>
        AnswerAsync(Alone(outgoing, new ReadOnlyMemoryContent(outgoing.Message.Body.ToMemory()), outgoing.Repetition), cancellationToken);

    protected override async Task<IReadOnlyList<(SendResult? Result, FuncQueueException? Failure)>> RequestAsync(
        IReadOnlyList<Outgoing<FuncQueueMessage>> messages,
        CancellationToken cancellationToken
    )
    {
        var shared = ShareId(messages) ? Guid.NewGuid().ToString("N") : null;
        var content = Call.Json(writer =>
        {
            writer.WriteStartObject();
            if (shared is not null)
                writer.WriteString("deduplicationId", shared);
            writer.WriteStartArray("messages");
            foreach (var message in messages)
                MessageWriter.Write(writer, message.Message, shared is null ? message.DeduplicationId : null, message.Trace);
            writer.WriteEndArray();
            writer.WriteEndObject();
        });
        var call = Call.Post($"{path}/batch", messages.Min(message => message.Repetition), content) with { Unlimited = false };
        var answer = await Transport.SendAsync(call, WireJson.Default.WireAnswersWireSent, cancellationToken);
        return [.. answer.Value.Results.Select(Read)];
    }

    private bool ShareId(IReadOnlyList<Outgoing<FuncQueueMessage>> messages) =>
        !ordered
        && MayShareId(messages)
        && messages.Select(m => (m.Message.Priority, m.Message.Delay, m.Message.EnqueueAt)).Distinct().Count() <= MaxSharingKinds;

    private static bool IsOrdered(string queue) => queue.EndsWith(".fifo", StringComparison.Ordinal);

    private static (SendResult? Result, FuncQueueException? Failure) Read(WireSent sent) =>
        sent.MessageId is { } id
            ? (new SendResult(id, sent.EnqueuedAt, sent.Duplicate, sent.SequenceNumber), null)
            : (null, new FuncQueueException(Wire.Reason(sent.Code), sent.Detail ?? "The message was not stored.") { Code = sent.Code });

    private async Task<SendOutcome> OutcomeAsync(FuncQueueMessage message, CancellationToken cancellationToken)
    {
        try
        {
            return new() { Result = await SendAsync(message, cancellationToken) };
        }
        catch (FuncQueueException failure)
        {
            return new() { Failure = failure };
        }
    }

    private async Task<SendResult> AnswerAsync(Call call, CancellationToken cancellationToken)
    {
        var answer = await Transport.SendAsync(call, WireJson.Default.WireSent, cancellationToken);
        return Read(answer.Value).Result ?? throw new FuncQueueException("The server answered without a message id.");
    }

    private Call Alone(Outgoing<FuncQueueMessage> outgoing, HttpContent content, Repetition repetition)
    {
        var message = outgoing.Message;
        var query = new StringBuilder();
        void Add(string name, string? value)
        {
            if (value is not null)
                query.Append(query.Length == 0 ? '?' : '&').Append(name).Append('=').Append(Uri.EscapeDataString(value));
        }

        Add("delaySeconds", message.Delay is { } delay ? Wire.Text(delay) : null);
        Add("enqueueAt", message.EnqueueAt is { } at ? Wire.Text(at) : null);
        Add("ttlSeconds", message.TimeToLive is { } life ? Wire.Text(life) : null);
        Add("groupId", message.GroupId);
        Add("deduplicationId", outgoing.DeduplicationId);
        Add("priority", message.Priority?.ToString(CultureInfo.InvariantCulture));
        if (message.ContentType is { } type)
            content.Headers.TryAddWithoutValidation("Content-Type", type);
        return Call.Post(path + query, repetition, content) with
        {
            Unlimited = true,
            Headers = AttributeHeaders.Of(message.Attributes, outgoing.Trace),
        };
    }
}
