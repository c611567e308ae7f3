using System.Security.Cryptography;
using System.Text;
using FuncQueue.Engine;
using FuncQueue.Functions.Sqs.Errors;
using FuncQueue.Functions.Sqs.Protocol;
using FuncQueue.Functions.Sqs.Queues;

namespace FuncQueue.Functions.Sqs.Messages;

/// <summary>A message of SendMessage or SendMessageBatch, read and checked, with the digests of its answer.</summary>
internal sealed record OutgoingMessage(NewMessage Message, string BodyDigest, string? AttributesDigest, string? SystemAttributesDigest)
{
    /// <summary>The id under which its producer, or the queue, knows its repeats; null: it has none.</summary>
    public string? DeduplicationId { get; private init; }

    private const string ContentType = "text/plain; charset=utf-8";

    /// <summary>Reads a message for a queue; null when there is a fault, which is noted in the input.</summary>
    public static OutgoingMessage? Read(SqsInput input, QueueInfo queue, SqsCall call)
    {
        var settings = queue.Settings;
        var body = input.Required("MessageBody");
        if (XmlText.Offender(body) is { } offender)
        {
            input.Fail(
                SqsErrors.InvalidMessageContents(
                    $"Invalid binary character '{offender}' was found in the message body, the set of allowed characters is "
                        + "#x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF"
                )
            );
        }

        var attributes = AttributeReader.Read(input);
        var system = AttributeReader.ReadSystem(input);
        var bytes = Encoding.UTF8.GetBytes(XmlText.IsValid(body) ? body : "");
        var length = bytes.Length + attributes.Sum(a => AttributeReader.LengthOf(a.Key, a.Value));
        if (length > settings.MaximumMessageSize())
            input.Fail(
                SqsErrors.InvalidParameter(
                    $"One or more parameters are invalid. Reason: Message must be shorter than {settings.MaximumMessageSize()} bytes."
                )
            );
        var stored = StoredAttributes.Store(attributes);
        if ((system.TryGetValue(AttributeReader.TraceHeader, out var trace) ? trace.Text : call.TraceHeader) is { } traceHeader)
            stored[StoredAttributes.TraceHeader] = traceHeader;
        if (call.Sender is { } sender)
            stored[StoredAttributes.SenderId] = sender;
        var id = DeduplicationIdOf(input, settings, bytes);
        // What its producer called it is kept where the queue knows it under something else.
        if (id is not null && DeduplicationScope.IsSpelledOut(settings))
            stored[StoredAttributes.DeduplicationId] = id;
        var message = new NewMessage
        {
            Body = MessageBody.FromBytes(bytes),
            ContentType = ContentType,
            Delay = Delay(input, settings),
            GroupId = MessageIdentifier.Read(input, "MessageGroupId"),
            DeduplicationId =
                id is not null && DeduplicationScope.IsSpelledOut(settings)
                    ? DeduplicationScope.SpellOut(input.Text("MessageGroupId") ?? "", id)
                    : id,
            Attributes = stored,
            TraceParent = call.TraceParent,
        };
        if (input.Error is null && RequestRules.Check(message, "") is { Count: > 0 } faults)
            input.Fail(SqsErrors.InvalidParameter($"One or more parameters are invalid. Reason: {faults[0].Detail}"));
        return input.Error is null
            ? new OutgoingMessage(
                message,
                MessageDigest.OfBody(bytes),
                MessageDigest.OfAttributes(attributes),
                MessageDigest.OfAttributes(system)
            )
            {
                DeduplicationId = id,
            }
            : null;
    }

    /// <summary>What the message counts for in its batch, whether it is valid or not.</summary>
    public static long LengthOf(SqsInput input) =>
        Encoding.UTF8.GetByteCount(input.Text("MessageBody") ?? "") + AttributeReader.LengthOf(input);

    /// <summary>What a FIFO queue needs and the message lacks; null: nothing.</summary>
    public static SqsError? MissingOnFifo(SqsInput input, QueueSettings settings)
    {
        if (!settings.IsFifo())
            return null;
        if (input.Text("MessageGroupId") is null or "")
            return SqsErrors.MissingParameter("MessageGroupId");
        return settings.ContentBasedDeduplication || input.Text("MessageDeduplicationId") is not (null or "")
            ? null
            : SqsErrors.InvalidParameter(
                "The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly"
            );
    }

    private static TimeSpan? Delay(SqsInput input, QueueSettings settings)
    {
        var seconds = input.Number(
            "DelaySeconds",
            0,
            SqsLimits.MaxDelaySeconds,
            $"DelaySeconds must be >= 0 and <= {SqsLimits.MaxDelaySeconds}."
        );
        if (!settings.IsFifo())
            return seconds is { } delay ? TimeSpan.FromSeconds(delay) : null;
        if (seconds > 0)
            input.Fail(SqsErrors.NotForThisQueueType("DelaySeconds", seconds));
        return null;
    }

    /// <summary>The producer's id, or the one that the queue makes of the body; null: neither.</summary>
    private static string? DeduplicationIdOf(SqsInput input, QueueSettings settings, byte[] body)
    {
        var id = MessageIdentifier.Read(input, "MessageDeduplicationId");
        if (!settings.IsFifo())
        {
            if (id is not null)
                input.Fail(SqsErrors.NotForThisQueueType("MessageDeduplicationId", id));
            return null;
        }

        // Of the body alone, without the attributes; a producer may compute the same, and then it is the same.
        return id ?? (settings.ContentBasedDeduplication ? Convert.ToHexStringLower(SHA256.HashData(body)) : null);
    }
}
