using FuncQueue.Engine.Topics;
using FuncQueue.Functions.Access;
using FuncQueue.Functions.Sns.Delivery;
using FuncQueue.Functions.Sns.Errors;
using FuncQueue.Functions.Sns.Topics;
using FuncQueue.Functions.Sqs;
using FuncQueue.Functions.Sqs.Errors;
using FuncQueue.Functions.Sqs.Protocol;
using FuncQueue.Functions.Sqs.Queues;

namespace FuncQueue.Functions.Sns.Actions;

/// <summary>Every action of SNS by its name, and the right that it takes.</summary>
internal sealed class SnsActions
{
    private const string Unsubscribe = "Unsubscribe";

    /// <summary>What SNS has beside: phones, platforms of mobile push, endpoints to confirm, data protection.</summary>
    private static readonly HashSet<string> NotServed = new(StringComparer.Ordinal)
    {
        "CheckIfPhoneNumberIsOptedOut",
        "ConfirmSubscription",
        "CreatePlatformApplication",
        "CreatePlatformEndpoint",
        "CreateSMSSandboxPhoneNumber",
        "DeleteEndpoint",
        "DeletePlatformApplication",
        "DeleteSMSSandboxPhoneNumber",
        "GetDataProtectionPolicy",
        "GetEndpointAttributes",
        "GetPlatformApplicationAttributes",
        "GetSMSAttributes",
        "GetSMSSandboxAccountStatus",
        "ListEndpointsByPlatformApplication",
        "ListOriginationNumbers",
        "ListPhoneNumbersOptedOut",
        "ListPlatformApplications",
        "ListSMSSandboxPhoneNumbers",
        "OptInPhoneNumber",
        "PutDataProtectionPolicy",
        "SetEndpointAttributes",
        "SetPlatformApplicationAttributes",
        "SetSMSAttributes",
        "VerifySMSSandboxPhoneNumber",
    };

    private readonly Dictionary<string, (Rights Right, Func<SnsCall, CancellationToken, Task<SqsAnswer>> Run)> actions;
    private readonly SubscriptionActions subscriptions;

    public SnsActions(TopicEngine topics, Notifications notifications)
    {
        var editor = new TopicEditor(topics);
        var all = new TopicActions(topics);
        var attributes = new TopicAttributeActions(topics, editor);
        var permissions = new TopicPermissionActions(editor);
        var tags = new TopicTagActions(topics, editor);
        var publish = new PublishActions(topics);
        var subscriptionAttributes = new SubscriptionAttributeActions(topics);
        subscriptions = new SubscriptionActions(topics, notifications);
        actions = new(StringComparer.Ordinal)
        {
            ["CreateTopic"] = (Rights.Manage, all.CreateAsync),
            ["DeleteTopic"] = (Rights.Manage, all.DeleteAsync),
            ["ListTopics"] = (Rights.Inspect, all.ListAsync),
            ["GetTopicAttributes"] = (Rights.Inspect, attributes.GetAsync),
            ["SetTopicAttributes"] = (Rights.Manage, attributes.SetAsync),
            ["AddPermission"] = (Rights.Manage, permissions.AddAsync),
            ["RemovePermission"] = (Rights.Manage, permissions.RemoveAsync),
            ["TagResource"] = (Rights.Manage, tags.TagAsync),
            ["UntagResource"] = (Rights.Manage, tags.UntagAsync),
            ["ListTagsForResource"] = (Rights.Inspect, tags.ListAsync),
            ["Subscribe"] = (Rights.Manage, subscriptions.SubscribeAsync),
            [Unsubscribe] = (Rights.Manage, subscriptions.UnsubscribeAsync),
            ["ListSubscriptions"] = (Rights.Inspect, subscriptions.ListAsync),
            ["ListSubscriptionsByTopic"] = (Rights.Inspect, subscriptions.ListByTopicAsync),
            ["GetSubscriptionAttributes"] = (Rights.Inspect, subscriptionAttributes.GetAsync),
            ["SetSubscriptionAttributes"] = (Rights.Manage, subscriptionAttributes.SetAsync),
            ["Publish"] = (Rights.Send, publish.PublishAsync),
            ["PublishBatch"] = (Rights.Send, publish.PublishBatchAsync),
        };
    }

    /// <summary>The names of the actions that are served.</summary>
    public IReadOnlyCollection<string> Names => actions.Keys;

    /// <summary>Whether it is an action of SNS, served or refused by its name.</summary>
    public bool IsKnown(string action) => actions.ContainsKey(action) || NotServed.Contains(action);

    /// <summary>Whether the request is one that a notification's <c>UnsubscribeURL</c> makes.</summary>
    public static bool IsUnsubscribeLink(string action, SqsInput input) =>
        action == Unsubscribe && input.Text(Notifications.TokenParameter) is not null;

    public async Task<SqsAnswer> RunAsync(SnsCall call, CancellationToken cancellationToken)
    {
        if (!actions.TryGetValue(call.Action, out var action))
            return NotServed.Contains(call.Action)
                ? SnsErrors.NotServed($"The action {call.Action} of Amazon SNS")
                : SqsErrors.UnknownAction(XmlText.Clean(call.Action));
        call.Right = action.Right;
        return call.Lacks() is { } denied ? denied : await action.Run(call, cancellationToken);
    }

    /// <summary>Unsubscribes whoever shows the token of the subscription, which notifications tell.</summary>
    public Task<SqsAnswer> FollowUnsubscribeLinkAsync(SqsInput input, SqsAddress address, CancellationToken cancellationToken) =>
        subscriptions.FollowLinkAsync(input, new SnsAddress(address), cancellationToken);
}
