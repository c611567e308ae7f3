using System.Globalization;
using System.Text;
using System.Text.Json;
using FuncQueue.Client.Json;
using FuncQueue.Client.Transport;

namespace FuncQueue.Client.Sending;

/// <summary>Records to one topic. Records of one key go in the order of the calls, so there is one request at a time.</summary>
internal sealed class TopicSending(string topic, HttpTransport transport, FuncQueueClientOptions client, FuncQueueSenderOptions options)
    : MessageSending<TopicMessage, PublishResult>(topic, ordered: true, transport, client, options)
{
    private readonly string path = $"topics/{Uri.EscapeDataString(topic)}/messages";

    public async Task<IReadOnlyList<PublishOutcome>> PublishAllAsync(
        IReadOnlyList<TopicMessage> messages,
        CancellationToken cancellationToken
    ) => await Task.WhenAll(messages.Select(message => OutcomeAsync(message, cancellationToken)));

    /// <summary>All of them or none.</summary>
    public async Task<IReadOnlyList<PublishResult>> PublishTogetherAsync(
        IReadOnlyList<TopicMessage> messages,
        AtomicPublishOptions atomic,
        CancellationToken cancellationToken
    )
    {
        var content = Call.Json(writer =>
        {
            writer.WriteStartObject();
            if (atomic.ExpectedOffset is { } offset)
                writer.WriteNumber("expectedOffset", offset);
            WriteTogether(
                writer,
                [.. messages.Select(message => Prepare(message, null))],
                atomic.Key,
                atomic.Partition,
                atomic.DeduplicationId
            );
            writer.WriteEndObject();
        });
        var repetition = atomic.DeduplicationId is null ? Repetition.IfNothingHappened : Repetition.Always;
        var answer = await Transport.SendAsync(
            Call.Post($"{path}/batch", repetition, content),
            WireJson.Default.WireAnswersWirePublished,
            cancellationToken
        );
        return [.. answer.Value.Results.Select(published => Read(published) is var (result, failure) ? result ?? throw failure! : null!)];
    }

    protected override BinaryData BodyOf(TopicMessage message) => message.Body;

    protected override string? DeduplicationIdOf(TopicMessage message) => message.DeduplicationId;

    protected override long Size(TopicMessage message) => MessageWriter.Size(message.Body, message.Attributes);

    protected override Guid IdOf(PublishResult result) => result.MessageId;

    protected override async Task<PublishResult> SendAloneAsync(Outgoing<TopicMessage> outgoing, CancellationToken cancellationToken)
    {
        var answer = await Transport.SendAsync(Alone(outgoing), WireJson.Default.WirePublished, cancellationToken);
        return Read(answer.Value).Result ?? throw new FuncQueueException("The server answered without a message id.");
    }

    protected override async Task<IReadOnlyList<(PublishResult? Result, FuncQueueException? Failure)>> RequestAsync(
        IReadOnlyList<Outgoing<TopicMessage>> messages,
        CancellationToken cancellationToken
    )
    {
        var content = Call.Json(writer =>
        {
            writer.WriteStartObject();
            if (ShareId(messages))
                WriteTogether(writer, messages, messages[0].Message.Key, messages[0].Message.Partition, Guid.NewGuid().ToString("N"));
            else
                WriteEach(writer, messages);
            writer.WriteEndObject();
        });
        var call = Call.Post($"{path}/batch", messages.Min(message => message.Repetition), content);
        var answer = await Transport.SendAsync(call, WireJson.Default.WireAnswersWirePublished, cancellationToken);
        return [.. answer.Value.Results.Select(Read)];
    }

    /// <summary>Whether they go to one place, all of them or none: so one id may stand for all.</summary>
    private bool ShareId(IReadOnlyList<Outgoing<TopicMessage>> messages) =>
        messages.Count > 1
        && messages.All(m => m.Message is { Mandatory: false, ExpectedOffset: null })
        && messages.Select(m => (m.Message.Key, m.Message.Partition)).Distinct().Count() == 1
        && MayShareId(messages);

    private static void WriteEach(Utf8JsonWriter writer, IReadOnlyList<Outgoing<TopicMessage>> messages)
    {
        writer.WriteStartArray("messages");
        foreach (var message in messages)
        {
            writer.WriteStartObject();
            MessageWriter.WritePlace(writer, message.Message.Key, message.Message.Partition, message.DeduplicationId);
            MessageWriter.WriteRecord(writer, message.Message, message.Trace);
            if (message.Message.ExpectedOffset is { } offset)
                writer.WriteNumber("expectedOffset", offset);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    /// <summary>An atomic batch: what says where it is stored, and once, stands beside its messages.</summary>
    private static void WriteTogether(
        Utf8JsonWriter writer,
        IReadOnlyList<Outgoing<TopicMessage>> messages,
        string? key,
        int? partition,
        string? deduplicationId
    )
    {
        writer.WriteBoolean("atomic", true);
        MessageWriter.WritePlace(writer, key, partition, deduplicationId);
        writer.WriteStartArray("messages");
        foreach (var message in messages)
        {
            writer.WriteStartObject();
            MessageWriter.WriteRecord(writer, message.Message, message.Trace);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static (PublishResult? Result, FuncQueueException? Failure) Read(WirePublished published) =>
        published.MessageId is { } id
            ? (
                new PublishResult(id, published.Partition, published.Offset, published.PublishedAt, published.Matched, published.Duplicate),
                null
            )
            : (
                null,
                new FuncQueueException(Wire.Reason(published.Code), published.Detail ?? "The record was not stored.")
                {
                    Code = published.Code,
                }
            );

    private async Task<PublishOutcome> OutcomeAsync(TopicMessage message, CancellationToken cancellationToken)
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

    private Call Alone(Outgoing<TopicMessage> outgoing)
    {
        var message = outgoing.Message;
        var query = new StringBuilder();
        void Add(string name, string? value)
        {
            if (value is not null)
                query.Append(query.Length == 0 ? '?' : '&').Append(name).Append('=').Append(Uri.EscapeDataString(value));
        }

        Add("routingKey", message.RoutingKey);
        Add("key", message.Key);
        Add("partition", message.Partition?.ToString(CultureInfo.InvariantCulture));
        Add("mandatory", message.Mandatory ? "true" : null);
        Add("deduplicationId", outgoing.DeduplicationId);
        Add("expectedOffset", message.ExpectedOffset?.ToString(CultureInfo.InvariantCulture));
        Add("delaySeconds", message.Delay is { } delay ? Wire.Text(delay) : null);
        Add("ttlSeconds", message.TimeToLive is { } life ? Wire.Text(life) : null);
        Add("priority", message.Priority?.ToString(CultureInfo.InvariantCulture));
        var content = new ReadOnlyMemoryContent(message.Body.ToMemory());
        if (message.ContentType is { } type)
            content.Headers.TryAddWithoutValidation("Content-Type", type);
        return Call.Post(path + query, outgoing.Repetition, content) with
        {
            Unlimited = true,
            Headers = AttributeHeaders.Of(message.Attributes, outgoing.Trace),
        };
    }
}
