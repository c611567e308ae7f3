using FuncQueue.Engine;
using FuncQueue.Engine.Topics;
using FuncQueue.Functions.Access;
using FuncQueue.Functions.Sns.Delivery;
using FuncQueue.Functions.Sns.Errors;
using FuncQueue.Functions.Sns.Subscriptions;
using FuncQueue.Functions.Sqs;
using FuncQueue.Functions.Sqs.Errors;
using FuncQueue.Functions.Sqs.Protocol;

namespace FuncQueue.Functions.Sns.Actions;

/// <summary>Making, ending and listing the subscriptions of topics.</summary>
internal sealed class SubscriptionActions(TopicEngine topics, Notifications notifications)
{
    private static readonly HashSet<string> OtherProtocols = new(StringComparer.Ordinal)
    {
        "http",
        "https",
        "email",
        "email-json",
        "sms",
        "application",
        "lambda",
        "firehose",
    };

    public async Task<SqsAnswer> SubscribeAsync(SnsCall call, CancellationToken cancellationToken)
    {
        var (topic, error) = call.Topic("TopicArn");
        if (topic is null)
            return error!;
        var protocol = call.Input.Text("Protocol") ?? "";
        var endpoint = call.Input.Text("Endpoint") ?? "";
        var attributes = call.Input.Map("Attributes", "Attributes.entry", "key", "value") ?? new Dictionary<string, string>();
        if (call.Fault is { } fault)
            return fault;
        if (OtherProtocols.Contains(protocol))
            return SnsErrors.InvalidParameter("Protocol", $"Subscriptions with the protocol {protocol} are not served here, only sqs.");
        if (protocol != SubscriptionView.Sqs)
            return SnsErrors.InvalidParameter($"Does not support this protocol string: {XmlText.Clean(protocol)}");
        if (call.Address.Queues.ParseArn(endpoint) is not { } queue)
            return SnsErrors.InvalidParameter("Endpoint", call.Address.Queues.Foreign(endpoint) ?? "SQS endpoint ARN");
        if (call.Denied(queue, Rights.Manage) is { } denied)
            return denied;
        if (!topic.HasFifoSuffix && queue.HasFifoSuffix)
            return SnsErrors.InvalidParameter("Endpoint", "FIFO SQS Queues can not be subscribed to standard SNS topics");
        var draft = SubscriptionDraft.New(call.Address);
        // The scope tells what a policy is about, in whatever order they come.
        foreach (var (name, value) in attributes.OrderBy(a => a.Key != SubscriptionAttribute.FilterPolicyScope))
        {
            if (draft.Set(name, value) is { } invalid)
                return invalid;
        }

        var (request, wrong) = draft.ToRequest(SubscriptionTarget.To(queue));
        if (request is null)
            return wrong!;
        if (!QueueName.TryParse(Guid.NewGuid().ToString(), out var own))
            throw new InvalidOperationException("A UUID is a name.");
        var put = await topics.PutSubscriptionAsync(topic, own, request, default, cancellationToken);
        if (put.TryGetValue(out var made, out var failure))
            return Arn(call, made.Subscription);
        return failure is Failure.AlreadySubscribed(var there)
            ? await SameOrErrorAsync(call, topic, there, attributes, cancellationToken)
            : SnsErrors.From(failure);
    }

    public async Task<SqsAnswer> UnsubscribeAsync(SnsCall call, CancellationToken cancellationToken)
    {
        var (asked, error) = call.Subscription();
        if (asked is not var (topic, subscription))
            return error!;
        return await EndAsync(topic, subscription, cancellationToken);
    }

    /// <summary>What <c>UnsubscribeURL</c> leads to.</summary>
    public async Task<SqsAnswer> FollowLinkAsync(SqsInput input, SnsAddress address, CancellationToken cancellationToken)
    {
        var arn = input.Text("SubscriptionArn") ?? "";
        if (address.ParseSubscription(arn) is not var (topic, name))
            return SnsErrors.InvalidParameter("SubscriptionArn");
        var token = input.Text(Notifications.TokenParameter) ?? "";
        if (!(await notifications.IsTokenAsync(arn, token, cancellationToken)).TryGetValue(out var isToken, out var failure))
            return SnsErrors.From(failure);
        return isToken
            ? await EndAsync(topic, name, cancellationToken)
            : SnsErrors.Unauthorized("The token is not that of this subscription.");
    }

    /// <summary>The subscriptions of all topics that the caller may reach, a hundred at a time.</summary>
    public async Task<SqsAnswer> ListAsync(SnsCall call, CancellationToken cancellationToken)
    {
        // TOPIC:NAME, the last that was listed.
        var (after, error) = PageToken.Read(
            call,
            text => text.Split(':') is [var topic, var name] && TopicName.TryParse(topic, out _) && QueueName.TryParse(name, out _)
        );
        if (error is not null)
            return error;
        var begin = after?.Split(':')[0];
        var found = new List<SubscriptionInfo>();
        if (begin is not null && TopicName.TryParse(begin, out var unfinished))
        {
            if (await AddAsync(unfinished, after!.Split(':')[1]) is { } unread)
                return unread;
        }

        while (found.Count <= SnsLimits.PageSize)
        {
            if (
                !(await topics.ListTopicsAsync("", SnsLimits.PageSize, begin, cancellationToken)).TryGetValue(out var page, out var failure)
            )
                return SnsErrors.From(failure);
            foreach (var topic in page.Topics.TakeWhile(_ => found.Count <= SnsLimits.PageSize))
            {
                if (call.Caller.Grant.Reaches(Resource.Of(topic.Name)) && await AddAsync(topic.Name, null) is { } unread)
                    return unread;
            }

            if ((begin = page.Continuation) is null)
                break;
        }

        return Page(call, found, last => $"{last.Topic}:{last.Name}");

        async Task<SqsError?> AddAsync(TopicName topic, string? behind)
        {
            if (!(await topics.ListSubscriptionsAsync(topic, cancellationToken)).TryGetValue(out var all, out var failure))
                return failure is Failure.TopicNotFound or Failure.TopicDeleting ? null : SnsErrors.From(failure);
            found.AddRange(all.Where(s => IsShown(s, behind)));
            return null;
        }
    }

    public async Task<SqsAnswer> ListByTopicAsync(SnsCall call, CancellationToken cancellationToken)
    {
        var (topic, error) = call.Topic("TopicArn");
        if (topic is null)
            return error!;
        var (after, badToken) = PageToken.Read(call, text => QueueName.TryParse(text, out _));
        if (badToken is not null)
            return badToken;
        return (await topics.ListSubscriptionsAsync(topic, cancellationToken)).TryGetValue(out var all, out var failure)
            ? Page(call, [.. all.Where(s => IsShown(s, after))], last => last.Name.Value)
            : SnsErrors.From(failure);
    }

    /// <summary>Those that follow a name, and lead to a queue: SNS knows of no others.</summary>
    private static bool IsShown(SubscriptionInfo subscription, string? behind) =>
        subscription.Target.Queue is not null && string.CompareOrdinal(subscription.Name.Value, behind) > 0;

    private static SqsAnswer Page(SnsCall call, List<SubscriptionInfo> found, Func<SubscriptionInfo, string> tokenOf) =>
        SqsAnswer.Success(output =>
        {
            output.Structures(
                "Subscriptions",
                "member",
                found.Take(SnsLimits.PageSize),
                (o, subscription) => SubscriptionView.Write(o, subscription, call.Address)
            );
            output.Text("NextToken", found.Count > SnsLimits.PageSize ? PageToken.Write(tokenOf(found[SnsLimits.PageSize - 1])) : null);
        });

    private async Task<SqsAnswer> EndAsync(TopicName topic, QueueName name, CancellationToken cancellationToken)
    {
        if (
            !(await topics.DeleteSubscriptionAsync(topic, name, drain: true, cancellationToken)).TryGetValue(out var ended, out var failure)
        )
            return failure is Failure.TopicNotFound ? SnsErrors.SubscriptionNotFound : SnsErrors.From(failure);
        return ended ? SqsAnswer.Empty : SnsErrors.SubscriptionNotFound;
    }

    /// <summary>Who subscribes a queue again is told of the subscription that there is, unless it is another than was asked for.</summary>
    private async Task<SqsAnswer> SameOrErrorAsync(
        SnsCall call,
        TopicName topic,
        string name,
        IReadOnlyDictionary<string, string> attributes,
        CancellationToken cancellationToken
    )
    {
        if (!QueueName.TryParse(name, out var subscription))
            throw new InvalidOperationException("A subscription has a name.");
        if (!(await topics.FindSubscriptionAsync(topic, subscription, cancellationToken)).TryGetValue(out var there, out var failure))
            return SnsErrors.From(failure);
        // As they would be spelled: a policy without white space.
        var draft = SubscriptionDraft.New(call.Address);
        foreach (var (key, value) in attributes.OrderBy(a => a.Key != SubscriptionAttribute.FilterPolicyScope))
            draft.Set(key, value);
        var (wanted, _) = draft.ToRequest(there.Target);
        var hasPolicy = attributes.ContainsKey(SubscriptionAttribute.FilterPolicy);
        var isSame =
            (!hasPolicy || wanted!.Filters!.Json.Span.SequenceEqual(there.Filters.Json.Span))
            && (
                !attributes.ContainsKey(SubscriptionAttribute.RawMessageDelivery)
                || wanted!.StampAs.Or(null) is null == there.StampAs is null
            )
            && wanted!.Annotations!.All(a => there.Annotations.GetValueOrDefault(a.Key) == a.Value);
        return isSame
            ? Arn(call, there)
            : SnsErrors.InvalidParameter("Attributes", "Subscription already exists with different attributes");
    }

    private static SqsAnswer Arn(SnsCall call, SubscriptionInfo subscription) =>
        SqsAnswer.Success(output => output.Text("SubscriptionArn", call.Address.ArnOf(subscription)));
}
