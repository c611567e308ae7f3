using FuncQueue.Engine;
using FuncQueue.Engine.Topics;
using FuncQueue.Engine.Topics.Filters;
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
        api.RunOnTopicAsync(
            request,
            Rights.Manage,
            topic,
            async (name, faults) =>
            {
                _ = new Query(request, faults);
                var condition = Conditions.ReadForTopic(request, faults);
                var own = SubscriptionJson.Name(subscription, faults);
                using var document = await JsonBody.ReadAsync(
                    request,
                    faults,
                    required: true,
                    JsonBody.DefaultLimit,
                    JsonBody.FilterDepth,
                    cancellationToken
                );
                var wanted = document is null ? null : SubscriptionJson.Read(document.RootElement, faults);
                if (faults.Any || wanted is null)
                    return faults.ToResult();
                if (RefuseTarget(request, wanted.Target) is { } refused)
                    return refused;
                var outcome = await topics.PutSubscriptionAsync(name, own, wanted, condition, cancellationToken);
                return outcome.TryGetValue(out var put, out var failure)
                    ? SubscriptionJson.Answer(put.Created ? StatusCodes.Status201Created : StatusCodes.Status200OK, put.Subscription)
                    : Problems.From(failure);
            },
            cancellationToken
        );

    [Function("ChangeSubscriptions")]
    public Task<IResult> ChangeAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "patch", Route = All)] HttpRequest request,
        string topic,
        CancellationToken cancellationToken
    ) =>
        api.RunOnTopicAsync(
            request,
            Rights.Manage,
            topic,
            async (name, faults) =>
            {
                _ = new Query(request, faults);
                using var document = await JsonBody.ReadAsync(
                    request,
                    faults,
                    required: true,
                    EnqueueFunctions.MaxBatchRequestBytes,
                    JsonBody.FilterDepth,
                    cancellationToken
                );
                var filters = document is null
                    ? new Dictionary<QueueName, SubscriptionFilters>()
                    : SubscriptionJson.ReadSeveral(document.RootElement, faults);
                if (faults.Any)
                    return faults.ToResult();
                var outcome = await topics.ChangeFiltersAsync(name, filters, cancellationToken);
                return outcome.TryGetValue(out var changed, out var failure)
                    ? SubscriptionJson.AnswerList(changed)
                    : Problems.From(failure);
            },
            cancellationToken
        );

    [Function("ListSubscriptions")]
    public Task<IResult> ListAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = All)] HttpRequest request,
        string topic,
        CancellationToken cancellationToken
    ) =>
        api.RunOnTopicAsync(
            request,
            Rights.Inspect,
            topic,
            async (name, faults) =>
            {
                _ = new Query(request, faults);
                if (faults.Any)
                    return faults.ToResult();
                var outcome = await topics.GetSubscriptionsAsync(name, null, cancellationToken);
                return outcome.TryGetValue(out var all, out var failure) ? SubscriptionJson.AnswerList(all) : Problems.From(failure);
            },
            cancellationToken
        );

    [Function("GetSubscription")]
    public Task<IResult> GetAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = One)] HttpRequest request,
        string topic,
        string subscription,
        CancellationToken cancellationToken
    ) =>
        api.RunOnTopicAsync(
            request,
            Rights.Inspect,
            topic,
            async (name, faults) =>
            {
                _ = new Query(request, faults);
                var own = SubscriptionJson.Name(subscription, faults);
                if (faults.Any)
                    return faults.ToResult();
                var outcome = await topics.GetSubscriptionsAsync(name, own, cancellationToken);
                return outcome.TryGetValue(out var found, out var failure) ? SubscriptionJson.Answer(found[0]) : Problems.From(failure);
            },
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
                var outcome = await topics.DeleteSubscriptionAsync(name, own, drain, cancellationToken);
                if (!outcome.TryGetValue(out var deleted, out var failure))
                    return Problems.From(failure);
                return deleted
                    ? new EmptyResponse(StatusCodes.Status204NoContent)
                    : Problems.From(new Failure.SubscriptionNotFound(own.Value));
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
        api.RunOnTopicAsync(
            request,
            Rights.Manage,
            topic,
            async (name, faults) =>
            {
                _ = new Query(request, faults);
                var own = SubscriptionJson.Name(subscription, faults);
                using var document = await JsonBody.ReadAsync(request, faults, required: true, JsonBody.DefaultLimit, cancellationToken);
                var to = document is null ? null : SubscriptionJson.ReadSeek(document.RootElement, faults);
                if (faults.Any || to is null)
                    return faults.ToResult();
                // What was forwarded is forwarded again: as subscribing, it concerns the target.
                if (!(await topics.FindSubscriptionAsync(name, own, cancellationToken)).TryGetValue(out var found, out var unknown))
                    return Problems.From(unknown);
                if (RefuseTarget(request, found.Target) is { } refused)
                    return refused;
                var outcome = await topics.SeekSubscriptionAsync(name, own, to, cancellationToken);
                return outcome.TryGetValue(out _, out var failure)
                    ? new EmptyResponse(StatusCodes.Status204NoContent)
                    : Problems.From(failure);
            },
            cancellationToken
        );

    /// <summary>The refusal of a caller who may not manage what a subscription forwards to; null: there is none.</summary>
    private IResult? RefuseTarget(HttpRequest request, SubscriptionTarget target) =>
        api.Refuse(request, Rights.Manage, target.Queue is { } queue ? Resource.Of(queue) : Resource.Of(target.Topic!));
}
