using System.Text;
using FuncQueue.Engine;
using FuncQueue.Engine.Topics;
using FuncQueue.Engine.Topics.Filters;
using FuncQueue.Functions.Sns.Delivery;
using FuncQueue.Functions.Sns.Errors;
using FuncQueue.Functions.Sqs.Errors;
using FuncQueue.Functions.Sqs.Protocol;
using FuncQueue.Functions.Sqs.Queues;

namespace FuncQueue.Functions.Sns.Subscriptions;

/// <summary>
/// A subscription's attributes while they are set, checked as documented. What SNS keeps that the engine does not know goes into
/// annotations; <c>RawMessageDelivery</c> is whether messages are stamped. Pure.
/// </summary>
internal sealed class SubscriptionDraft
{
    private const string Prefix = "sns:";

    private readonly SnsAddress address;
    private readonly Dictionary<string, string> annotations;
    private FilterPolicy? policy;
    private bool hasNewPolicy;
    private bool isRaw;

    private SubscriptionDraft(SnsAddress address, FilterPolicy? policy, bool isRaw, IReadOnlyDictionary<string, string> annotations)
    {
        this.address = address;
        this.annotations = new(annotations, StringComparer.Ordinal);
        this.policy = policy;
        this.isRaw = isRaw;
    }

    /// <summary>A subscription that is to be made: not raw, without a policy.</summary>
    public static SubscriptionDraft New(SnsAddress address) =>
        new(address, new FilterPolicy(null, false), isRaw: false, new Dictionary<string, string>());

    public static SubscriptionDraft Of(SubscriptionInfo subscription, SnsAddress address)
    {
        var policy = FilterPolicy.Of(subscription.Filters);
        // The scope is remembered while there is no policy for it.
        if (policy is { Json: null } && Kept(subscription, SubscriptionAttribute.FilterPolicyScope) == FilterPolicy.Body)
            policy = policy with { MatchesBody = true };
        return new SubscriptionDraft(address, policy, IsRaw(subscription), subscription.Annotations);
    }

    public static bool IsRaw(SubscriptionInfo subscription) => subscription.StampAs is null;

    /// <summary>An attribute that is only kept; null: it is not set.</summary>
    public static string? Kept(SubscriptionInfo subscription, string name) => subscription.Annotations.GetValueOrDefault(Prefix + name);

    /// <summary>Sets an attribute; why it cannot be set, or null.</summary>
    public SqsError? Set(string name, string value)
    {
        switch (name)
        {
            case SubscriptionAttribute.FilterPolicy:
                policy = new FilterPolicy(value.Length == 0 ? null : value, (policy?.MatchesBody ?? false) || IsOfBody);
                hasNewPolicy = true;
                return null;
            case SubscriptionAttribute.FilterPolicyScope:
                if (value is not (FilterPolicy.Attributes or FilterPolicy.Body))
                    return Invalid(name, $"Must be {FilterPolicy.Attributes} or {FilterPolicy.Body}.");
                policy = (policy ?? new FilterPolicy(null, false)) with { MatchesBody = value == FilterPolicy.Body };
                hasNewPolicy = true;
                Keep(name, value);
                return null;
            case SubscriptionAttribute.RawMessageDelivery:
                if (SqsFlag.Parse(value) is not { } raw)
                    return Invalid(name, "Must be true or false.");
                isRaw = raw;
                return null;
            case SubscriptionAttribute.RedrivePolicy:
                if (value.Length > 0 && !IsRedrivePolicy(value))
                    return Invalid(name, "Must be JSON with the deadLetterTargetArn of a queue here.");
                Keep(name, value);
                return null;
            case SubscriptionAttribute.DeliveryPolicy:
            case SubscriptionAttribute.ReplayPolicy:
                if (value.Length > 0 && StrictJson.Parse(Encoding.UTF8.GetBytes(value)) is null)
                    return Invalid(name, "Must be JSON.");
                Keep(name, value);
                return null;
            case SubscriptionAttribute.SubscriptionRoleArn:
                return Invalid(name, "It is an attribute of subscriptions with the protocol firehose.");
            default:
                return SnsErrors.InvalidParameter("AttributeName", XmlText.Clean(name));
        }
    }

    /// <summary>What the engine is asked for, or what is wrong with the policy.</summary>
    public (SubscriptionRequest? Request, SqsError? Error) ToRequest(SubscriptionTarget target)
    {
        SubscriptionFilters? filters = null;
        if (hasNewPolicy)
        {
            (filters, var error) = policy!.ToFilters();
            if (filters is null)
                return (null, error);
        }

        var total = annotations.Sum(a => a.Key.Length + a.Value.Length);
        if (total > Limits.MaxAnnotationsLength)
            return (null, SnsErrors.InvalidParameter("Attributes", $"At most {Limits.MaxAnnotationsLength} characters in all."));
        return (
            new SubscriptionRequest
            {
                Target = target,
                Filters = filters,
                StampAs = isRaw ? new Given<string?>(null) : new Given<string?>(Notifications.StampAttribute),
                Annotations = annotations,
            },
            null
        );
    }

    private bool IsOfBody => annotations.GetValueOrDefault(Prefix + SubscriptionAttribute.FilterPolicyScope) == FilterPolicy.Body;

    private void Keep(string name, string value)
    {
        if (value.Length == 0)
            annotations.Remove(Prefix + name);
        else
            annotations[Prefix + name] = value;
    }

    private bool IsRedrivePolicy(string text) =>
        StrictJson.Parse(Encoding.UTF8.GetBytes(text)) is { } json
        && json.TryGetProperty("deadLetterTargetArn", out var arn)
        && arn.ValueKind == System.Text.Json.JsonValueKind.String
        && address.Queues.ParseArn(arn.GetString()!) is not null;

    private static SqsError Invalid(string name, string reason) => SnsErrors.InvalidParameter($"Attributes: {name}", reason);
}
