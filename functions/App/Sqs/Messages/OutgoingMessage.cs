using System.Security.Cryptography;
using System.Text;
using FuncQueue.Engine;

namespace FuncQueue.Functions.Sqs;

/// <summary>A message of SendMessage or SendMessageBatch, read and checked, with the digests of its answer.</summary>
internal sealed record OutgoingMessage(NewMessage Message, string BodyDigest, string? AttributesDigest, string? SystemAttributesDigest, int Length)
{
    private const string ContentType = "text/plain; charset=utf-8";

    /// <summary>Reads a message for a queue; null when there is a fault, which is noted in the input.</summary>
    public static OutgoingMessage? Read(SqsInput input, QueueInfo queue, SqsCall call)
    {
        var settings = queue.Settings;
        var body = input.Required("MessageBody");
        if (XmlText.Offender(body) is { } offender)
        {
            input.Fail(SqsErrors.InvalidMessageContents(
                $"Invalid binary character '{offender}' was found in the message body, the set of allowed characters is #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF"));
        }

        var attributes = AttributeReader.Read(input);
        var system = AttributeReader.ReadSystem(input);
        var bytes = Encoding.UTF8.GetBytes(XmlText.IsValid(body) ? body : "");
        var length = bytes.Length + attributes.Sum(a => AttributeReader.LengthOf(a.Key, a.Value));
        if (length > settings.MaximumMessageSize())
            input.Fail(SqsErrors.InvalidParameter($"One or more parameters are invalid. Reason: Message must be shorter than {settings.MaximumMessageSize()} bytes."));
        var stored = StoredAttributes.Store(attributes);
        if (system.TryGetValue(AttributeReader.TraceHeader, out var trace))
            stored[StoredAttributes.TraceHeader] = trace.Text!;
        if (call.Caller.KeyId is { } sender)
            stored[StoredAttributes.SenderId] = sender;
        var message = new NewMessage
        {
            Body = MessageBody.FromBytes(bytes),
            ContentType = ContentType,
            Delay = Delay(input, settings),
            GroupId = MessageIdentifier.Read(input, "MessageGroupId"),
            DeduplicationId = Deduplication(input, settings, bytes, stored),
            Attributes = stored,
            TraceParent = call.TraceParent,
        };
        if (input.Error is null && RequestRules.Check(message, "") is { Count: > 0 } faults)
            input.Fail(SqsErrors.InvalidParameter($"One or more parameters are invalid. Reason: {faults[0].Detail}"));
        return input.Error is null
            ? new OutgoingMessage(message, MessageDigest.OfBody(bytes), MessageDigest.OfAttributes(attributes), MessageDigest.OfAttributes(system), length)
            : null;
    }

    /// <summary>What a FIFO queue needs and the message lacks; null: nothing.</summary>
    public static SqsError? MissingOnFifo(SqsInput input, QueueSettings settings)
    {
        if (!settings.IsFifo())
            return null;
        if (input.Text("MessageGroupId") is null or "")
            return SqsErrors.MissingParameter("MessageGroupId");
        return settings.ContentBasedDeduplication || input.Text("MessageDeduplicationId") is not (null or "")
            ? null
            : SqsErrors.InvalidParameter("The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly");
    }

    private static TimeSpan? Delay(SqsInput input, QueueSettings settings)
    {
        var seconds = input.Number("DelaySeconds", 0, SqsLimits.MaxDelaySeconds, $"DelaySeconds must be >= 0 and <= {SqsLimits.MaxDelaySeconds}.");
        if (!settings.IsFifo())
            return seconds is { } delay ? TimeSpan.FromSeconds(delay) : null;
        if (seconds > 0)
            input.Fail(SqsErrors.NotForThisQueueType("DelaySeconds", seconds));
        return null;
    }

    /// <summary>The id under which the queue knows the message's repeats. What its producer called it is kept where that is something else.</summary>
    private static string? Deduplication(SqsInput input, QueueSettings settings, byte[] body, Dictionary<string, string> stored)
    {
        var id = MessageIdentifier.Read(input, "MessageDeduplicationId");
        if (!settings.IsFifo())
        {
            if (id is not null)
                input.Fail(SqsErrors.NotForThisQueueType("MessageDeduplicationId", id));
            return null;
        }

        // Of the body alone, without the attributes; a producer may compute the same, and then it is the same.
        if (id is null && settings.ContentBasedDeduplication)
            id = Convert.ToHexStringLower(SHA256.HashData(body));
        if (id is null || !settings.DeduplicatesByGroup())
            return id;
        stored[StoredAttributes.DeduplicationId] = id;
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{input.Text("MessageGroupId")}\n{id}")));
    }
}
