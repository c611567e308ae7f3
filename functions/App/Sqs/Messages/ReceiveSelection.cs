using FuncQueue.Functions.Sqs.Errors;
using FuncQueue.Functions.Sqs.Protocol;
using FuncQueue.Functions.Sqs.Queues;

namespace FuncQueue.Functions.Sqs.Messages;

/// <summary>Which system attributes and which of the producer's a receiver wants to see.</summary>
internal sealed record ReceiveSelection(AttributeSelection System, AttributeSelection User)
{
    private static readonly HashSet<string> SystemNames = new(StringComparer.Ordinal)
    {
        "All",
        "SenderId",
        "SentTimestamp",
        "ApproximateReceiveCount",
        "ApproximateFirstReceiveTimestamp",
        "SequenceNumber",
        "MessageDeduplicationId",
        "MessageGroupId",
        "AWSTraceHeader",
        "DeadLetterQueueSourceArn",
    };

    /// <summary>Reads the lists of a receive; a name that does not exist is a fault.</summary>
    public static ReceiveSelection Read(SqsInput input)
    {
        var system = new List<string>();
        // The first is the older spelling of the second, and may name attributes of queues, which mean nothing here.
        foreach (
            var name in (input.Texts("AttributeNames", "AttributeName") ?? []).Concat(
                input.Texts("MessageSystemAttributeNames", "MessageSystemAttributeName") ?? []
            )
        )
        {
            if (SystemNames.Contains(name))
                system.Add(name);
            else if (!SqsAttribute.Names.Contains(name))
                input.Fail(SqsErrors.UnknownAttribute(XmlText.Clean(name)));
        }

        return new ReceiveSelection(
            new AttributeSelection(system),
            new AttributeSelection(input.Texts("MessageAttributeNames", "MessageAttributeName") ?? [])
        );
    }
}
