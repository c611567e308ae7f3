using System.Globalization;
using FuncQueue.Engine;
using FuncQueue.Functions.Sqs.Messages;

namespace FuncQueue.Functions.Sqs.Queues;

/// <summary>A queue's attributes as SQS shows them.</summary>
internal static class AttributeView
{
    private const string DefaultKeyReuseSeconds = "300";

    /// <summary>Those that a request can set.</summary>
    public static Dictionary<string, string> Settable(QueueSettings settings, SqsAddress address)
    {
        var view = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            [SqsAttribute.DelaySeconds] = Seconds(settings.Delay),
            [SqsAttribute.MaximumMessageSize] = Text(settings.MaximumMessageSize()),
            [SqsAttribute.ReceiveMessageWaitTimeSeconds] = Text(settings.WaitSeconds()),
            [SqsAttribute.VisibilityTimeout] = Seconds(settings.VisibilityTimeout),
        };
        if (settings.MessageTimeToLive is { } ttl)
            view[SqsAttribute.MessageRetentionPeriod] = Seconds(ttl);
        foreach (var name in (ReadOnlySpan<string>)[SqsAttribute.Policy, SqsAttribute.RedriveAllowPolicy, SqsAttribute.KmsMasterKeyId])
        {
            if (settings.Annotation(name) is { } value)
                view[name] = value;
        }

        var kms = view.ContainsKey(SqsAttribute.KmsMasterKeyId);
        if (kms)
            view[SqsAttribute.KmsDataKeyReusePeriodSeconds] =
                settings.Annotation(SqsAttribute.KmsDataKeyReusePeriodSeconds) ?? DefaultKeyReuseSeconds;
        // Storage encrypts at rest, whatever a queue says.
        view[SqsAttribute.SqsManagedSseEnabled] = settings.Annotation(SqsAttribute.SqsManagedSseEnabled) ?? (kms ? "false" : "true");
        if (RedrivePolicy.Of(settings) is { } redrive)
            view[SqsAttribute.RedrivePolicy] = redrive.ToJson(address);
        if (settings.IsFifo())
        {
            view[SqsAttribute.FifoQueue] = "true";
            view[SqsAttribute.ContentBasedDeduplication] = settings.ContentBasedDeduplication ? "true" : "false";
            view[SqsAttribute.DeduplicationScope] = DeduplicationScope.Of(settings);
            view[SqsAttribute.FifoThroughputLimit] = settings.Annotation(SqsAttribute.FifoThroughputLimit) ?? "perQueue";
        }

        return view;
    }

    /// <summary>All of them; without the counts when those were not asked for.</summary>
    public static Dictionary<string, string> All(QueueInfo queue, MessageCounts? counts, SqsAddress address)
    {
        var view = Settable(queue.Settings, address);
        view[SqsAttribute.QueueArn] = address.ArnOf(queue.Name);
        view[SqsAttribute.CreatedTimestamp] = Text(queue.CreatedAt.ToUnixTimeSeconds());
        view[SqsAttribute.LastModifiedTimestamp] = Text(queue.ChangedAt.ToUnixTimeSeconds());
        if (counts is { } there)
        {
            view[SqsAttribute.ApproximateNumberOfMessages] = Text(there.Ready);
            // Without a target nobody takes the dead letters on: they are in the queue, and cannot be received.
            view[SqsAttribute.ApproximateNumberOfMessagesNotVisible] = Text(
                there.Leased + (queue.Settings.RedriveTarget() is null ? there.DeadLettered : 0)
            );
            view[SqsAttribute.ApproximateNumberOfMessagesDelayed] = Text(there.Scheduled);
        }

        return view;
    }

    private static string Seconds(TimeSpan time) => Text((long)time.TotalSeconds);

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
