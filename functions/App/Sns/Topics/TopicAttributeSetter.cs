using System.Globalization;
using System.Text;
using FuncQueue.Engine.Topics;
using FuncQueue.Functions.Sns.Errors;
using FuncQueue.Functions.Sqs.Errors;
using FuncQueue.Functions.Sqs.Protocol;
using FuncQueue.Functions.Sqs.Queues;

namespace FuncQueue.Functions.Sns.Topics;

/// <summary>Puts attributes of a topic into its settings, checked as documented. Pure.</summary>
internal static class TopicAttributeSetter
{
    /// <summary>The settings with the attribute set; an empty value takes one away that is only kept.</summary>
    /// <param name="isNew">Whether the topic is being made, and its partitions can still be chosen.</param>
    public static (TopicSettings? Settings, SqsError? Error) Set(
        TopicName topic,
        TopicSettings settings,
        string name,
        string value,
        bool isNew
    )
    {
        switch (name)
        {
            case TopicAttribute.FifoTopic:
                // It is told by the name, which cannot change.
                return isNew ? (settings, null) : Fail("FifoTopic is fixed at creation.");
            case TopicAttribute.ContentBasedDeduplication:
                if (!topic.HasFifoSuffix)
                    return Fail("It is an attribute of FIFO topics.");
                return SqsFlag.Parse(value) is { } flag
                    ? (settings with { ContentBasedDeduplication = flag }, null)
                    : Fail("Must be true or false.");
            case TopicAttribute.FifoThroughputScope:
                if (!topic.HasFifoSuffix)
                    return Fail("It is an attribute of FIFO topics.");
                return SetScope(settings, value, isNew) is { } scoped
                    ? (scoped, null)
                    : Fail("Must be MessageGroup, or, on a topic of one partition, Topic.");
            case TopicAttribute.DisplayName:
                return value.Length <= SnsLimits.MaxDisplayNameLength && XmlText.IsValid(value)
                    ? Keep()
                    : Fail($"Must be at most {SnsLimits.MaxDisplayNameLength} characters.");
            case TopicAttribute.Policy:
                return value.Length == 0 || AccessPolicy.Parse(value) is not null ? Keep() : Fail("Policy statement is not valid JSON.");
            case TopicAttribute.DeliveryPolicy:
            case TopicAttribute.ArchivePolicy when topic.HasFifoSuffix:
                return value.Length == 0 || StrictJson.Parse(Encoding.UTF8.GetBytes(value)) is not null ? Keep() : Fail("Must be JSON.");
            case TopicAttribute.ArchivePolicy:
                return Fail("It is an attribute of FIFO topics.");
            case TopicAttribute.SignatureVersion:
                return value is "1" or "2" ? Keep() : Fail("Must be 1 or 2.");
            case TopicAttribute.TracingConfig:
                return value is "PassThrough" or "Active" ? Keep() : Fail("Must be PassThrough or Active.");
            case TopicAttribute.KmsMasterKeyId:
            case not null when TopicAttribute.OfFeedback.Contains(name):
                return XmlText.IsValid(value) ? Keep() : Fail("Must be text.");
            default:
                return (null, SnsErrors.InvalidParameter("AttributeName", XmlText.Clean(name!)));
        }

        (TopicSettings?, SqsError?) Keep() => (With(settings, name, value), null);

        (TopicSettings?, SqsError?) Fail(string reason) =>
            (null, SnsErrors.InvalidParameter(string.Create(CultureInfo.InvariantCulture, $"Attributes: {name}"), reason));
    }

    /// <summary>The settings with something kept, or taken away where it is empty.</summary>
    public static TopicSettings With(TopicSettings settings, string name, string? value)
    {
        var annotations = new Dictionary<string, string>(settings.Annotations, StringComparer.Ordinal);
        if (string.IsNullOrEmpty(value))
            annotations.Remove(TopicExtensions.AnnotationOf(name));
        else
            annotations[TopicExtensions.AnnotationOf(name)] = value;
        return settings with { Annotations = annotations };
    }

    private static TopicSettings? SetScope(TopicSettings settings, string value, bool isNew) =>
        value switch
        {
            TopicExtensions.MessageGroup => With(
                isNew ? settings with { Partitions = new TopicSettings().Partitions } : settings,
                TopicAttribute.FifoThroughputScope,
                value
            ),
            TopicExtensions.WholeTopic when settings.Partitions == 1 => With(settings, TopicAttribute.FifoThroughputScope, value),
            _ => null,
        };
}
