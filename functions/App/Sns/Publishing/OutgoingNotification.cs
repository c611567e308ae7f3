using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using FuncQueue.Engine;
using FuncQueue.Engine.Topics;
using FuncQueue.Functions.Sns.Errors;
using FuncQueue.Functions.Sns.Topics;
using FuncQueue.Functions.Sqs.Errors;
using FuncQueue.Functions.Sqs.Messages;
using FuncQueue.Functions.Sqs.Protocol;

namespace FuncQueue.Functions.Sns.Publishing;

/// <summary>A message of Publish or PublishBatch, read and checked, as the record that it becomes. Pure.</summary>
internal static class OutgoingNotification
{
    /// <summary>The attribute that holds the subject.</summary>
    public const string Subject = "AWS.Subject";

    /// <summary>The attribute that holds the version of the signature, where it is not 1.</summary>
    public const string SignatureVersion = "AWS.SignatureVersion";

    private const string ContentType = "text/plain; charset=utf-8";
    private const string AttributesName = "MessageAttributes.entry";

    /// <summary>The record, or what is wrong with the message.</summary>
    public static (PublishRequest? Record, SqsError? Error) Read(SqsInput input, TopicInfo topic, SnsCall call)
    {
        var (message, badMessage) = MessageOf(input);
        var subject = input.Text("Subject");
        if (input.Error is { } malformed)
            return (null, SnsErrors.Of(malformed));
        if (badMessage is not null)
            return (null, badMessage);
        if (subject is not null && !IsSubject(subject))
            return (null, SnsErrors.InvalidParameter("Subject"));
        if (LengthOf(input) > SnsLimits.MaxMessageBytes)
            return (null, SnsErrors.InvalidParameter("Message too long"));
        var attributes = AttributeReader.ReadAny(input, AttributesName);
        if (input.Error is { } badAttribute)
            return (null, SnsErrors.InvalidValue(badAttribute.Message));
        if (attributes.FirstOrDefault(a => !IsArray(a.Value)) is { Key: { } name })
            return (null, SnsErrors.InvalidValue($"The message attribute '{name}' of type String.Array is no array in JSON."));
        var body = Encoding.UTF8.GetBytes(message);
        var (group, id, badIds) = IdsOf(input, topic, body);
        if (badIds is not null)
            return (null, badIds);
        var stored = Store(attributes, subject, topic, call);
        if (id is not null && group is not null && topic.Settings.ThroughputScope() == TopicExtensions.MessageGroup)
            stored[StoredAttributes.DeduplicationId] = id;
        var record = new PublishRequest
        {
            Body = MessageBody.FromBytes(body),
            ContentType = ContentType,
            Attributes = stored,
            Key = group,
            DeduplicationId = id is null ? null : topic.Settings.DeduplicationIdOf(group ?? "", id),
            TraceParent = call.Context.TraceParent,
        };
        return TopicRules.Check(record, "") is { Count: > 0 } faults
            ? (null, SnsErrors.InvalidParameter(faults[0].Field, faults[0].Detail))
            : (record, null);
    }

    /// <summary>What a message counts for in the limits, whether it is valid or not.</summary>
    public static long LengthOf(SqsInput input) =>
        Encoding.UTF8.GetByteCount(input.Text("Message") ?? "") + AttributeReader.LengthOf(input, AttributesName);

    /// <summary>What queues get: the message, or, of one with a structure, what it has for them.</summary>
    private static (string Message, SqsError? Error) MessageOf(SqsInput input)
    {
        var message = input.Text("Message") ?? "";
        if (message.Length == 0)
            return (message, SnsErrors.InvalidParameter("Empty message"));
        if (input.Text("MessageStructure") is { Length: > 0 } structure)
        {
            if (structure != "json")
                return (message, SnsErrors.InvalidParameter("MessageStructure"));
            if (StrictJson.Parse(Encoding.UTF8.GetBytes(message)) is not { } json)
                return (message, SnsErrors.InvalidParameter("Message Structure - JSON message body failed to parse"));
            if (!json.TryGetProperty("default", out var otherwise) || otherwise.ValueKind != JsonValueKind.String)
                return (message, SnsErrors.InvalidParameter("Message Structure - No default entry in JSON message body"));
            var own = json.TryGetProperty("sqs", out var forQueues) && forQueues.ValueKind == JsonValueKind.String ? forQueues : otherwise;
            message = own.GetString()!;
        }

        return XmlText.Offender(message) is { } offender
            ? (message, SnsErrors.InvalidParameter("Message", $"The character {offender} cannot be in a message."))
            : (message, null);
    }

    /// <summary>ASCII text without line breaks and control characters, which does not begin with a space.</summary>
    private static bool IsSubject(string text) =>
        text.Length is >= 1 and <= SnsLimits.MaxSubjectLength && text[0] != ' ' && text.All(c => c is >= ' ' and < '\x7f');

    private static bool IsArray(MessageAttribute attribute)
    {
        if (attribute.DataType != "String.Array")
            return true;
        try
        {
            using var document = JsonDocument.Parse(attribute.Text!);
            return document.RootElement.ValueKind == JsonValueKind.Array;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static (string? Group, string? Id, SqsError? Error) IdsOf(SqsInput input, TopicInfo topic, byte[] body)
    {
        var group = MessageIdentifier.Read(input, "MessageGroupId");
        var id = MessageIdentifier.Read(input, "MessageDeduplicationId");
        if (input.Error is { } bad)
            return (null, null, SnsErrors.Of(bad));
        if (!topic.Name.HasFifoSuffix)
            return id is null
                ? (group, null, null)
                : (
                    null,
                    null,
                    SnsErrors.InvalidParameter(
                        "MessageDeduplicationId",
                        "The request includes MessageDeduplicationId parameter that is not valid for this topic type"
                    )
                );
        if (group is null)
            return (null, null, SnsErrors.InvalidParameter("The MessageGroupId parameter is required for FIFO topics"));
        // Of the body alone, without the attributes; a publisher may compute the same, and then it is the same.
        id ??= topic.Settings.ContentBasedDeduplication ? Convert.ToHexStringLower(SHA256.HashData(body)) : null;
        return id is null
            ? (
                null,
                null,
                SnsErrors.InvalidParameter(
                    "The topic should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly"
                )
            )
            : (group, id, null);
    }

    private static Dictionary<string, string> Store(
        Dictionary<string, MessageAttribute> attributes,
        string? subject,
        TopicInfo topic,
        SnsCall call
    )
    {
        var stored = StoredAttributes.Store(attributes);
        if (subject is not null)
            stored[Subject] = subject;
        if (topic.Settings.Annotation(TopicAttribute.SignatureVersion) is { } version and not "1")
            stored[SignatureVersion] = version;
        if (call.Context.TraceHeader is { } trace)
            stored[StoredAttributes.TraceHeader] = trace;
        if (call.Sender is { } sender)
            stored[StoredAttributes.SenderId] = sender;
        return stored;
    }
}
