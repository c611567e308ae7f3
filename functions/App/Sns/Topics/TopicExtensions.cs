using FuncQueue.Engine.Topics;
using FuncQueue.Functions.Sqs.Messages;

namespace FuncQueue.Functions.Sns.Topics;

/// <summary>What SNS keeps with a topic that the HTTP API has no setting for: in the topic's annotations, under names of its own.</summary>
internal static class TopicExtensions
{
    private const string Prefix = "sns:";

    public const string WholeTopic = "Topic";
    public const string MessageGroup = "MessageGroup";

    /// <summary>The name under which an attribute is kept.</summary>
    public static string AnnotationOf(string name) => Prefix + name;

    /// <summary>The attribute of a name under which something is kept; null: it is none of SNS's.</summary>
    public static string? AttributeOf(string annotation) =>
        annotation.StartsWith(Prefix, StringComparison.Ordinal) ? annotation[Prefix.Length..] : null;

    public static string? Annotation(this TopicSettings settings, string name) => settings.Annotations.GetValueOrDefault(Prefix + name);

    /// <summary>
    /// Within what deduplication ids of a FIFO topic are told apart, whatever the attribute was set to: groups are spread over partitions,
    /// so that the ids of a topic of several are those of its groups.
    /// </summary>
    public static string ThroughputScope(this TopicSettings settings) =>
        settings.Partitions > 1 ? MessageGroup : settings.Annotation(TopicAttribute.FifoThroughputScope) ?? WholeTopic;

    /// <summary>The id by which the topic knows a message's repeats.</summary>
    public static string DeduplicationIdOf(this TopicSettings settings, string group, string id) =>
        settings.ThroughputScope() == MessageGroup ? DeduplicationScope.SpellOut(group, id) : id;
}
