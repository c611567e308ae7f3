using System.Globalization;
using System.Text.Json.Nodes;
using FuncQueue.Engine.Topics;

namespace FuncQueue.Functions.Sns.Topics;

/// <summary>The attributes of a topic as SNS shows them. Pure.</summary>
internal static class TopicView
{
    private const string DefaultDeliveryPolicy =
        """{"http":{"defaultHealthyRetryPolicy":{"minDelayTarget":20,"maxDelayTarget":20,"numRetries":3,"numMaxDelayRetries":0, """
        + """ "numNoDelayRetries":0,"numMinDelayRetries":0,"backoffFunction":"linear"},"disableSubscriptionOverrides":false}}""";

    private static readonly string[] DefaultActions =
    [
        "GetTopicAttributes",
        "SetTopicAttributes",
        "AddPermission",
        "RemovePermission",
        "DeleteTopic",
        "Subscribe",
        "ListSubscriptionsByTopic",
        "Publish",
    ];

    /// <summary>Those that can be set, for telling whether two topics are alike.</summary>
    public static Dictionary<string, string> Settable(TopicName topic, TopicSettings settings)
    {
        var all = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (annotation, value) in settings.Annotations)
        {
            if (TopicExtensions.AttributeOf(annotation) is { } name)
                all[name] = value;
        }

        if (!topic.HasFifoSuffix)
            return all;
        all[TopicAttribute.FifoTopic] = "true";
        all[TopicAttribute.ContentBasedDeduplication] = settings.ContentBasedDeduplication ? "true" : "false";
        all[TopicAttribute.FifoThroughputScope] = settings.ThroughputScope();
        return all;
    }

    /// <param name="subscriptions">How many it has.</param>
    public static Dictionary<string, string> All(TopicInfo topic, int subscriptions, SnsAddress address)
    {
        var all = Settable(topic.Name, topic.Settings);
        all[TopicAttribute.TopicArn] = address.ArnOf(topic.Name);
        all[TopicAttribute.Owner] = address.AccountId;
        all[TopicAttribute.SubscriptionsConfirmed] = subscriptions.ToString(CultureInfo.InvariantCulture);
        all[TopicAttribute.SubscriptionsPending] = "0";
        all[TopicAttribute.SubscriptionsDeleted] = "0";
        all[TopicAttribute.EffectiveDeliveryPolicy] = all.GetValueOrDefault(TopicAttribute.DeliveryPolicy, DefaultDeliveryPolicy);
        all.TryAdd(TopicAttribute.DisplayName, "");
        all.TryAdd(TopicAttribute.Policy, DefaultPolicy(address.ArnOf(topic.Name), address.AccountId));
        return all;
    }

    /// <summary>The policy of a topic that was given none.</summary>
    public static string DefaultPolicy(string arn, string account) =>
        new JsonObject
        {
            ["Version"] = "2008-10-17",
            ["Id"] = "__default_policy_ID",
            ["Statement"] = new JsonArray(
                new JsonObject
                {
                    ["Sid"] = "__default_statement_ID",
                    ["Effect"] = "Allow",
                    ["Principal"] = new JsonObject { ["AWS"] = "*" },
                    ["Action"] = new JsonArray([.. DefaultActions.Select(a => (JsonNode)JsonValue.Create("SNS:" + a))]),
                    ["Resource"] = arn,
                    ["Condition"] = new JsonObject { ["StringEquals"] = new JsonObject { ["AWS:SourceOwner"] = account } },
                }
            ),
        }.ToJsonString();
}
