using System.Globalization;
using System.Text;
using System.Text.Unicode;
using FuncQueue.Engine;
using FuncQueue.Functions.Sns.Delivery;
using FuncQueue.Functions.Sns.Publishing;
using FuncQueue.Functions.Sqs.Protocol;
using FuncQueue.Functions.Sqs.Queues;

namespace FuncQueue.Functions.Sqs.Messages;

/// <summary>A delivered message as SQS shows it.</summary>
internal sealed record ReceivedMessage(
    string MessageId,
    string Receipt,
    string Body,
    IReadOnlyList<KeyValuePair<string, string>> SystemAttributes,
    IReadOnlyList<KeyValuePair<string, MessageAttribute>> Attributes
)
{
    /// <summary>
    /// Tells how a body is shown that is no text SQS can show: <c>base64</c>, or <c>url</c> for one that is longer than SQS's longest.
    /// </summary>
    public const string BodyEncoding = "FuncQueue.BodyEncoding";

    /// <param name="body">The bytes; null when they are too many to show.</param>
    /// <param name="envelope">What SNS puts around the message, attributes included; null: it is received as it is.</param>
    /// <param name="source">The queue whose redrive policy brought the message here; null: none.</param>
    public static ReceivedMessage Of(
        DeliveredMessage delivered,
        ReadOnlyMemory<byte>? body,
        string bodyUrl,
        QueueName? source,
        Envelope? envelope,
        ReceiveSelection wanted,
        SqsAddress address
    )
    {
        var message = delivered.Message;
        var attributes = StoredAttributes.Restore(message.Attributes);
        var (text, encoding) = TextOf(body, bodyUrl);
        if (encoding is not null)
            attributes[BodyEncoding] = new MessageAttribute(MessageAttribute.String, encoding, null);
        if (envelope is not null)
        {
            var stored = message.Attributes;
            text = envelope.Write(
                text,
                stored.GetValueOrDefault(OutgoingNotification.Subject),
                stored.GetValueOrDefault(OutgoingNotification.SignatureVersion),
                [.. attributes.OrderBy(a => a.Key, StringComparer.Ordinal)]
            );
            attributes = [];
        }

        return new ReceivedMessage(
            (message.OriginalMessageId ?? message.MessageId).ToString(),
            delivered.Receipt!,
            text,
            [.. SystemAttributesOf(message, source, address).Where(a => wanted.System.Has(a.Key))],
            [.. attributes.Where(a => wanted.User.Has(a.Key)).OrderBy(a => a.Key, StringComparer.Ordinal)]
        );
    }

    public void WriteTo(SqsOutput output)
    {
        output.Text("MessageId", MessageId);
        output.Text("ReceiptHandle", Receipt);
        output.Text("MD5OfBody", MessageDigest.OfBody(Encoding.UTF8.GetBytes(Body)));
        output.Text("Body", Body);
        if (SystemAttributes.Count > 0)
            output.Map("Attributes", "Attribute", SystemAttributes);
        if (Attributes.Count == 0)
            return;
        output.Text("MD5OfMessageAttributes", MessageDigest.OfAttributes(Attributes));
        output.StructureMap("MessageAttributes", "MessageAttribute", Attributes, static (o, attribute) => attribute.WriteTo(o));
    }

    private static (string Text, string? Encoding) TextOf(ReadOnlyMemory<byte>? body, string bodyUrl)
    {
        if (body is not { } bytes)
            return (bodyUrl, "url");
        if (Utf8.IsValid(bytes.Span) && Encoding.UTF8.GetString(bytes.Span) is var text && XmlText.IsValid(text))
            return (text, null);
        return (Convert.ToBase64String(bytes.Span), "base64");
    }

    private static IEnumerable<KeyValuePair<string, string>> SystemAttributesOf(
        StoredMessage message,
        QueueName? source,
        SqsAddress address
    )
    {
        yield return new("ApproximateReceiveCount", message.DeliveryCount.ToString(CultureInfo.InvariantCulture));
        yield return new("ApproximateFirstReceiveTimestamp", Milliseconds(message.FirstDeliveredAt ?? message.EnqueuedAt));
        yield return new(
            "SenderId",
            message.Attributes.GetValueOrDefault(StoredAttributes.SenderId) is { } sender && XmlText.IsValid(sender)
                ? sender
                : address.AccountId
        );
        yield return new("SentTimestamp", Milliseconds(message.EnqueuedAt));
        if (source is not null)
            yield return new("DeadLetterQueueSourceArn", address.ArnOf(source));
        if (message.GroupId is { } group && XmlText.IsValid(group))
            yield return new("MessageGroupId", group);
        if (DeduplicationIdOf(message) is { } id && XmlText.IsValid(id))
            yield return new("MessageDeduplicationId", id);
        if (message.SequenceNumber is { } number)
            yield return new("SequenceNumber", SequenceNumbers.Format(number));
        if (message.Attributes.GetValueOrDefault(StoredAttributes.TraceHeader) is { } trace && XmlText.IsValid(trace))
            yield return new("AWSTraceHeader", trace);
    }

    /// <summary>The producer's, until the message is moved to another queue: there it is the message's id.</summary>
    private static string? DeduplicationIdOf(StoredMessage message) =>
        message is { MovedFrom: not null, SequenceNumber: not null }
            ? (message.OriginalMessageId ?? message.MessageId).ToString()
            : message.Attributes.GetValueOrDefault(StoredAttributes.DeduplicationId) ?? message.DeduplicationId;

    private static string Milliseconds(DateTimeOffset instant) => instant.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);
}

/// <summary>The sequence numbers of FIFO queues: 20 digits, so that they also sort as text.</summary>
internal static class SequenceNumbers
{
    public static string Format(long number) => number.ToString("D20", CultureInfo.InvariantCulture);
}
