using FuncQueue.Engine;
using FuncQueue.Engine.Topics;
using FuncQueue.Functions.Access;
using Microsoft.Azure.Functions.Worker;

namespace FuncQueue.Functions.Http.Topics;

/// <summary>Making, changing, moving and ending the subscriptions of a topic.</summary>
public sealed class SubscriptionFunctions(TopicEngine topics, Api api)
{
    private const string All = "topics/{topic}/subscriptions";
    private const string One = All + "/{subscription}";

    [Function("PutSubscription")]
    public Task<IResult> PutAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = One)] HttpRequest request,
        string topic,
        string subscription,
        CancellationToken cancellationToken
    ) =>
        api.RunWithBodyAsync(
            request,
            Rights.Manage,
            topic,
            faults => (Condition: Conditions.ReadForTopic(request, faults), Name: SubscriptionJson.Name(subscription, faults)),
            SubscriptionJson.Read,
            async (name, own, wanted) =>
                RefuseTarget(request, wanted.Target)
                ?? Answers.Of(
                    await topics.PutSubscriptionAsync(name, own.Name, wanted, own.Condition, cancellationToken),
                    put => SubscriptionJson.Answer(put.Created ? StatusCodes.Status201Created : StatusCodes.Status200OK, put.Subscription)
                ),
            cancellationToken,
            depth: JsonBody.FilterDepth
        );

    [Function("ChangeSubscriptions")]
    public Task<IResult> ChangeAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "patch", Route = All)] HttpRequest request,
        string topic,
        CancellationToken cancellationToken
    ) =>
        api.RunWithBodyAsync(
            request,
            Rights.Manage,
            topic,
            _ => true,
            SubscriptionJson.ReadSeveral,
            async (name, _, filters) =>
                Answers.Of(await topics.ChangeFiltersAsync(name, filters, cancellationToken), SubscriptionJson.AnswerList),
            cancellationToken,
            EnqueueFunctions.MaxBatchRequestBytes,
            JsonBody.FilterDepth
        );

    [Function("ListSubscriptions")]
    public Task<IResult> ListAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = All)] HttpRequest request,
        string topic,
        CancellationToken cancellationToken
    ) =>
        api.RunPlainAsync(
            request,
            Rights.Inspect,
            topic,
            _ => true,
            async (name, _) => Answers.Of(await topics.GetSubscriptionsAsync(name, null, cancellationToken), SubscriptionJson.AnswerList),
            cancellationToken
        );

    [Function("GetSubscription")]
    public Task<IResult> GetAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = One)] HttpRequest request,
        string topic,
        string subscription,
        CancellationToken cancellationToken
    ) =>
        api.RunPlainAsync(
            request,
            Rights.Inspect,
            topic,
            faults => SubscriptionJson.Name(subscription, faults),
            async (name, own) =>
                Answers.Of(await topics.GetSubscriptionsAsync(name, own, cancellationToken), found => SubscriptionJson.Answer(found[0])),
            cancellationToken
        );

    [Function("DeleteSubscription")]
    public Task<IResult> DeleteAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = One)] HttpRequest request,
        string topic,
        string subscription,
        CancellationToken cancellationToken
    ) =>
        api.RunOnTopicAsync(
            request,
            Rights.Manage,
            topic,
            async (name, faults) =>
            {
                var drain = new Query(request, faults, "drain").Flag("drain") ?? true;
                var own = SubscriptionJson.Name(subscription, faults);
                if (faults.Any)
                    return faults.ToResult();
                return Answers.Empty(
                    await topics.DeleteSubscriptionAsync(name, own, drain, cancellationToken),
                    new Failure.SubscriptionNotFound(own.Value)
                );
            },
            cancellationToken
        );

    [Function("SeekSubscription")]
    public Task<IResult> SeekAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = One + "/seek")] HttpRequest request,
        string topic,
        string subscription,
        CancellationToken cancellationToken
    ) =>
        api.RunWithBodyAsync(
            request,
            Rights.Manage,
            topic,
            faults => SubscriptionJson.Name(subscription, faults),
            SubscriptionJson.ReadSeek,
            async (name, own, to) =>
            {
                // What was forwarded is forwarded again: as subscribing, it concerns the target.
                if (!(await topics.FindSubscriptionAsync(name, own, cancellationToken)).TryGetValue(out var found, out var unknown))
                    return Problems.From(unknown);
                return RefuseTarget(request, found.Target)
                    ?? Answers.Empty(await topics.SeekSubscriptionAsync(name, own, to, cancellationToken));
            },
            cancellationToken
        );

    /// <summary>The refusal of a caller who may not manage what a subscription forwards to; null: there is none.</summary>
    private IResult? RefuseTarget(HttpRequest request, SubscriptionTarget target) =>
        api.Refuse(request, Rights.Manage, target.Queue is { } queue ? Resource.Of(queue) : Resource.Of(target.Topic!));
}
