using FuncQueue.Engine;
using FuncQueue.Engine.Figures;
using FuncQueue.Engine.Topics;
using FuncQueue.Functions.Access;
using Microsoft.Azure.Functions.Worker;

namespace FuncQueue.Functions.Http;

/// <summary>Creating, changing, listing and deleting queues.</summary>
public sealed class QueueFunctions(QueueEngine engine, TopicEngine topics, FigureReader figures, Api api)
{
    [Function("PutQueue")]
    public Task<IResult> PutAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "queues/{queue}")] HttpRequest request,
        string queue,
        CancellationToken cancellationToken
    ) =>
        api.RunAsync(
            request,
            Rights.Manage,
            queue,
            async (name, faults) =>
            {
                _ = new Query(request, faults);
                var condition = Conditions.Read(request, faults);
                using var document = await JsonBody.ReadAsync(request, faults, required: false, JsonBody.DefaultLimit, cancellationToken);
                var change = document is null ? new QueueSettingsChange() : SettingsJson.Read(document.RootElement, faults);
                // Ranges of what was given are told together with the rest; the engine checks the settings that result.
                if (faults.Any)
                    faults.AddRange(RequestRules.Check(name, change.ApplyTo(new QueueSettings())));
                if (faults.Any)
                    return faults.ToResult();
                var outcome = await engine.PutQueueAsync(name, change, condition, cancellationToken);
                if (!outcome.TryGetValue(out var put, out var failure))
                    return Problems.From(failure);
                // It has just been made: nothing comes to it by a subscription.
                if (put.Created)
                    return Answer(StatusCodes.Status201Created, put.Status, []);
                var subscriptions = await topics.GetSubscriptionsOfAsync(name, cancellationToken);
                return subscriptions.TryGetValue(out var found, out var unread)
                    ? Answer(StatusCodes.Status200OK, put.Status, found)
                    // The queue is as it was asked to be; what cannot be had is the answer.
                    : Problems.From(unread.InPart());
            },
            cancellationToken
        );

    [Function("GetQueue")]
    public Task<IResult> GetAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "queues/{queue}")] HttpRequest request,
        string queue,
        CancellationToken cancellationToken
    ) =>
        api.RunAsync(
            request,
            Rights.Inspect,
            queue,
            async (name, faults) =>
            {
                _ = new Query(request, faults);
                if (faults.Any)
                    return faults.ToResult();
                var outcome = await engine.GetQueueAsync(name, cancellationToken);
                return outcome.TryGetValue(out var status, out var failure)
                    ? await AnswerAsync(StatusCodes.Status200OK, status, cancellationToken)
                    : Problems.From(failure);
            },
            cancellationToken
        );

    [Function("ListQueues")]
    public Task<IResult> ListAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "queues")] HttpRequest request,
        CancellationToken cancellationToken
    ) =>
        request.Query["counts"] == "true"
            ? new NamedPages<QueueWithFigures>(
                "queue",
                QueueName.IsPrefix,
                ListCountedAsync,
                counted => Resource.Of(counted.Queue.Name),
                FigureJson.Write
            )
            {
                Flags = ["counts"],
            }.AnswerAsync(api, request, cancellationToken)
            : new NamedPages<QueueInfo>("queue", QueueName.IsPrefix, ListAsync, queue => Resource.Of(queue.Name), SettingsJson.Write)
            {
                Flags = ["counts"],
            }.AnswerAsync(api, request, cancellationToken);

    private async Task<Outcome<(IReadOnlyList<QueueInfo>, string?)>> ListAsync(
        string prefix,
        int most,
        string? after,
        CancellationToken cancellationToken
    ) =>
        (await engine.ListQueuesAsync(prefix, most, after, cancellationToken)).TryGetValue(out var page, out var failure)
            ? (page.Queues, page.Continuation)
            : failure;

    private async Task<Outcome<(IReadOnlyList<QueueWithFigures>, string?)>> ListCountedAsync(
        string prefix,
        int most,
        string? after,
        CancellationToken cancellationToken
    ) =>
        (await figures.ListAsync(prefix, most, after, cancellationToken)).TryGetValue(out var page, out var failure)
            ? (page.Queues, page.Continuation)
            : failure;

    [Function("DeleteQueue")]
    public Task<IResult> DeleteAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "queues/{queue}")] HttpRequest request,
        string queue,
        CancellationToken cancellationToken
    ) =>
        api.RunAsync(
            request,
            Rights.Manage,
            queue,
            async (name, faults) =>
            {
                _ = new Query(request, faults);
                if (faults.Any)
                    return faults.ToResult();
                return Answers.Empty(await engine.DeleteQueueAsync(name, cancellationToken), new Failure.QueueNotFound(name));
            },
            cancellationToken
        );

    private async Task<IResult> AnswerAsync(int code, QueueStatus status, CancellationToken cancellationToken)
    {
        return Answers.Of(
            await topics.GetSubscriptionsOfAsync(status.Queue.Name, cancellationToken),
            subscriptions => Answer(code, status, subscriptions)
        );
    }

    private static JsonResponse Answer(int code, QueueStatus status, IReadOnlyList<QueueSubscription> subscriptions) =>
        new(
            code,
            writer =>
            {
                writer.WriteStartObject();
                SettingsJson.Write(writer, status.Queue);
                writer.WriteStartObject("counts");
                writer.WriteNumber("ready", status.Counts.Ready);
                writer.WriteNumber("leased", status.Counts.Leased);
                writer.WriteNumber("scheduled", status.Counts.Scheduled);
                writer.WriteNumber("deadLettered", status.Counts.DeadLettered);
                writer.WriteEndObject();
                var totals = status.Totals;
                writer.WriteStartObject("totals");
                writer.WriteNumber("enqueued", totals.Enqueued);
                writer.WriteNumber("delivered", totals.Delivered);
                writer.WriteNumber("acked", totals.Acked);
                writer.WriteNumber("nacked", totals.Nacked);
                writer.WriteNumber("expired", totals.Expired);
                writer.WriteNumber("deadLettered", totals.DeadLettered);
                writer.WriteEndObject();
                if (status.OldestMessageAge is { } age)
                    writer.WriteNumber("oldestMessageAgeSeconds", (long)age.TotalSeconds);
                else
                    writer.WriteNull("oldestMessageAgeSeconds");
                writer.WriteStartArray("subscriptions");
                foreach (var subscription in subscriptions)
                {
                    writer.WriteStartObject();
                    writer.WriteString("topic", subscription.Topic.Value);
                    writer.WriteString("name", subscription.Subscription);
                    writer.WriteEndObject();
                }

                writer.WriteEndArray();
                writer.WriteEndObject();
            },
            headers: headers => headers.ETag = $"\"{status.Queue.ETag}\""
        );
}
