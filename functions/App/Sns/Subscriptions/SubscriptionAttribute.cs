namespace FuncQueue.Functions.Sns.Subscriptions;

/// <summary>The names of subscription attributes, as SNS spells them.</summary>
internal static class SubscriptionAttribute
{
    public const string ConfirmationWasAuthenticated = "ConfirmationWasAuthenticated";
    public const string DeliveryPolicy = "DeliveryPolicy";
    public const string EffectiveDeliveryPolicy = "EffectiveDeliveryPolicy";
    public const string Endpoint = "Endpoint";
    public const string FilterPolicy = "FilterPolicy";
    public const string FilterPolicyScope = "FilterPolicyScope";
    public const string Owner = "Owner";
    public const string PendingConfirmation = "PendingConfirmation";
    public const string Protocol = "Protocol";
    public const string RawMessageDelivery = "RawMessageDelivery";
    public const string RedrivePolicy = "RedrivePolicy";
    public const string ReplayPolicy = "ReplayPolicy";
    public const string SubscriptionArn = "SubscriptionArn";
    public const string SubscriptionRoleArn = "SubscriptionRoleArn";
    public const string TopicArn = "TopicArn";
}
