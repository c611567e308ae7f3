using System.Globalization;
using System.Text;
using System.Text.Json;
using FuncQueue.Engine;
using FuncQueue.Functions.Sqs.Errors;
using FuncQueue.Functions.Sqs.Protocol;

namespace FuncQueue.Functions.Sqs.Queues;

/// <summary>Where a queue's messages go after how many deliveries.</summary>
internal sealed record RedrivePolicy(QueueName Target, int MaxReceiveCount)
{
    /// <summary>What counts when the policy does not say (SetQueueAttributes).</summary>
    private const int DefaultMaxReceiveCount = 10;

    /// <summary>The policy in force; null: none.</summary>
    public static RedrivePolicy? Of(QueueSettings settings) =>
        settings.RedriveTarget() is { } target && settings.MaxDeliveryCount is { } count ? new RedrivePolicy(target, count) : null;

    /// <summary>Reads the attribute; a queue that does not exist is found out later.</summary>
    public static (RedrivePolicy? Policy, SqsError? Error) Parse(string text, SqsAddress address)
    {
        if (StrictJson.Parse(Encoding.UTF8.GetBytes(text)) is not { } json)
            return (null, Invalid(text, "Redrive policy is not a valid JSON map."));
        if (!json.TryGetProperty("deadLetterTargetArn", out var arn))
            return (null, Invalid(text, "Redrive policy does not contain mandatory attribute: deadLetterTargetArn."));
        var name = arn.ValueKind == JsonValueKind.String ? arn.GetString()! : "";
        if (address.ParseArn(name) is not { } target)
            return (null, Invalid(text, $"Invalid value for deadLetterTargetArn. {address.Foreign(name)}".TrimEnd()));
        if (!json.TryGetProperty("maxReceiveCount", out var count))
            return (new RedrivePolicy(target, DefaultMaxReceiveCount), null);
        // SDKs send it as a number or as a string.
        var digits = count.ValueKind == JsonValueKind.String ? count.GetString() : count.GetRawText();
        return
            int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number is >= 1 and <= SqsLimits.MaxReceiveCount
            ? (new RedrivePolicy(target, number), null)
            : (
                null,
                Invalid(
                    text,
                    $"Invalid value for maxReceiveCount: {digits}, valid values are from 1 to {SqsLimits.MaxReceiveCount} both inclusive."
                )
            );
    }

    public static SqsError Invalid(string text, string reason) => SqsErrors.InvalidParameter(SqsAttribute.RedrivePolicy, text, reason);

    /// <summary>The attribute as SQS shows it.</summary>
    public string ToJson(SqsAddress address) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"deadLetterTargetArn":"{{address.ArnOf(Target)}}","maxReceiveCount":{{MaxReceiveCount}}}"""
        );
}
