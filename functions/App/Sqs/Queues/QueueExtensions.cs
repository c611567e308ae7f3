using System.Globalization;
using FuncQueue.Engine;

namespace FuncQueue.Functions.Sqs.Queues;

/// <summary>What SQS keeps with a queue that the HTTP API has no setting for: in the queue's annotations, under names of its own.</summary>
internal static class QueueExtensions
{
    private const string Prefix = "sqs:";

    /// <summary>The name under which an attribute is kept.</summary>
    public static string AnnotationOf(string name) => Prefix + name;

    /// <summary>The name under which something is noted that is no setting: what SQS is about to do with the queue.</summary>
    public static string NoteOf(string name) => QueueSettings.NotePrefix + Prefix + name;

    public static string? Annotation(this QueueSettings settings, string name) => settings.Annotations.GetValueOrDefault(Prefix + name);

    public static string? Note(this QueueSettings settings, string name) => settings.Annotations.GetValueOrDefault(NoteOf(name));

    public static bool IsFifo(this QueueSettings settings) => settings.Type == QueueType.Fifo;

    /// <summary>Longest message that the queue takes over SQS.</summary>
    public static int MaximumMessageSize(this QueueSettings settings) =>
        settings.Number(SqsAttribute.MaximumMessageSize) ?? SqsLimits.MaxMessageBytes;

    /// <summary>How long a receive waits that does not say.</summary>
    public static int WaitSeconds(this QueueSettings settings) => settings.Number(SqsAttribute.ReceiveMessageWaitTimeSeconds) ?? 0;

    /// <summary>Where messages go whose deliveries are used up; null: they stay among the queue's own dead letters.</summary>
    public static QueueName? RedriveTarget(this QueueSettings settings) =>
        QueueName.TryParse(settings.Annotation(SqsAttribute.RedrivePolicy), out var target) ? target : null;

    private static int? Number(this QueueSettings settings, string name) =>
        int.TryParse(settings.Annotation(name), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
