using FuncQueue.Engine;
using FuncQueue.Engine.Topics;
using FuncQueue.Functions.Sns.Errors;
using FuncQueue.Functions.Sns.Subscriptions;
using FuncQueue.Functions.Sqs;
using FuncQueue.Functions.Sqs.Protocol;

namespace FuncQueue.Functions.Sns.Actions;

/// <summary>Reading and setting the attributes of a subscription.</summary>
internal sealed class SubscriptionAttributeActions(TopicEngine topics)
{
    private const int MaxAttempts = 20;

    public async Task<SqsAnswer> GetAsync(SnsCall call, CancellationToken cancellationToken)
    {
        var (asked, error) = call.Subscription();
        if (asked is not var (topic, own))
            return error!;
        if (!(await topics.FindSubscriptionAsync(topic, own, cancellationToken)).TryGetValue(out var subscription, out var failure))
            return NotFound(failure);
        return SqsAnswer.Success(output =>
            output.Map("Attributes", "entry", SubscriptionView.Attributes(subscription, call.Address).Where(a => XmlText.IsValid(a.Value)))
        );
    }

    public async Task<SqsAnswer> SetAsync(SnsCall call, CancellationToken cancellationToken)
    {
        var (asked, error) = call.Subscription();
        if (asked is not var (topic, own))
            return error!;
        var name = call.Input.Text("AttributeName") ?? "";
        var value = call.Input.Text("AttributeValue") ?? "";
        if (call.Fault is { } fault)
            return fault;
        if (name.Length == 0)
            return SnsErrors.MissingParameter("AttributeName");
        for (var attempt = 0; ; attempt++)
        {
            if (!(await topics.FindSubscriptionAsync(topic, own, cancellationToken)).TryGetValue(out var subscription, out var unread))
                return NotFound(unread);
            var draft = SubscriptionDraft.Of(subscription, call.Address);
            if (draft.Set(name, value) is { } invalid)
                return invalid;
            var (request, wrong) = draft.ToRequest(subscription.Target);
            if (request is null)
                return wrong!;
            var put = await topics.PutSubscriptionAsync(
                topic,
                own,
                request,
                new TopicCondition(subscription.ETag, IfNoneMatch: false),
                cancellationToken
            );
            if (put.TryGetValue(out _, out var failure))
                return SqsAnswer.Empty;
            if (failure is not Failure.PreconditionFailed || attempt >= MaxAttempts)
                return NotFound(failure);
        }
    }

    /// <summary>Where the topic is gone, so is the subscription.</summary>
    private static SqsAnswer NotFound(Failure failure) =>
        failure is Failure.TopicNotFound ? SnsErrors.SubscriptionNotFound : SnsErrors.From(failure);
}
