using FuncQueue.Engine.Topics;
using FuncQueue.Functions.Sqs.Protocol;

namespace FuncQueue.Functions.Sns.Subscriptions;

/// <summary>A subscription as SNS shows it. Pure.</summary>
internal static class SubscriptionView
{
    public const string Sqs = "sqs";

    /// <summary>Its attributes, by name.</summary>
    public static SortedDictionary<string, string> Attributes(SubscriptionInfo subscription, SnsAddress address)
    {
        var all = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            [SubscriptionAttribute.SubscriptionArn] = address.ArnOf(subscription),
            [SubscriptionAttribute.TopicArn] = address.ArnOf(subscription.Topic),
            [SubscriptionAttribute.Owner] = address.AccountId,
            [SubscriptionAttribute.Protocol] = Sqs,
            [SubscriptionAttribute.Endpoint] = EndpointOf(subscription, address),
            [SubscriptionAttribute.PendingConfirmation] = "false",
            [SubscriptionAttribute.ConfirmationWasAuthenticated] = "true",
            [SubscriptionAttribute.RawMessageDelivery] = SubscriptionDraft.IsRaw(subscription) ? "true" : "false",
        };
        if (FilterPolicy.Of(subscription.Filters) is { Json: { } json } policy)
        {
            all[SubscriptionAttribute.FilterPolicy] = json;
            all[SubscriptionAttribute.FilterPolicyScope] = policy.Scope;
        }

        foreach (
            var name in new[]
            {
                SubscriptionAttribute.DeliveryPolicy,
                SubscriptionAttribute.FilterPolicyScope,
                SubscriptionAttribute.RedrivePolicy,
                SubscriptionAttribute.ReplayPolicy,
            }
        )
        {
            if (SubscriptionDraft.Kept(subscription, name) is { } kept)
                all.TryAdd(name, kept);
        }

        return all;
    }

    /// <summary>Writes the structure <c>Subscription</c>.</summary>
    public static void Write(SqsOutput output, SubscriptionInfo subscription, SnsAddress address)
    {
        output.Text("SubscriptionArn", address.ArnOf(subscription));
        output.Text("Owner", address.AccountId);
        output.Text("Protocol", Sqs);
        output.Text("Endpoint", EndpointOf(subscription, address));
        output.Text("TopicArn", address.ArnOf(subscription.Topic));
    }

    private static string EndpointOf(SubscriptionInfo subscription, SnsAddress address) =>
        subscription.Target.Queue is { } queue ? address.Queues.ArnOf(queue) : address.ArnOf(subscription.Target.Topic!);
}
