using FuncQueue.Engine;
using FuncQueue.Engine.Topics;
using FuncQueue.Functions.Access;
using FuncQueue.Functions.Http.CloudEvents;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;

namespace FuncQueue.Functions.Http.Topics;

/// <summary>Publishing one record, whose body is the request's, or a batch in JSON.</summary>
public sealed class PublishFunctions(TopicEngine topics, Api api, IServiceProvider services)
{
    // Injected by hand: the type is internal, and a function class must be public.
    private readonly MeasuredBodies bodies = services.GetRequiredService<MeasuredBodies>();

    [Function("Publish")]
    public Task<IResult> PublishAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "topics/{topic}/messages")] HttpRequest request,
        string topic,
        CancellationToken cancellationToken
    ) =>
        api.RunOnTopicAsync(
            request,
            Rights.Send,
            topic,
            async (name, faults) =>
            {
                var record = await PublishReading.ReadOneAsync(request, faults, cancellationToken);
                if (faults.Any)
                    return faults.ToResult();
                if (bodies.Refuse(request) is { } refused)
                    return refused;
                if (!CloudEventRequests.IsStructured(request))
                    record = record with { Body = await RequestBodies.TakeAsync(request, cancellationToken) };
                return Answers.Of(
                    await topics.PublishAsync(name, record, cancellationToken),
                    published => new JsonResponse(
                        published.Duplicate ? StatusCodes.Status200OK : StatusCodes.Status201Created,
                        writer => PublishJson.Write(writer, published)
                    )
                );
            },
            cancellationToken
        );

    [Function("PublishBatch")]
    public Task<IResult> PublishBatchAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "topics/{topic}/messages/batch")] HttpRequest request,
        string topic,
        CancellationToken cancellationToken
    ) =>
        api.RunOnTopicAsync(
            request,
            Rights.Send,
            topic,
            async (name, faults) =>
            {
                var (each, together) = await PublishReading.ReadBatchAsync(request, faults, cancellationToken);
                if (faults.Any)
                    return faults.ToResult();
                if ((together?.Records ?? each).Sum(m => (long)m.Body.Bytes.Length) > Limits.MaxBatchBytes)
                    return Problems.From(new Failure.MessageTooLarge());
                return together is null
                    ? await AnswerAsync(name, each, cancellationToken)
                    : await AnswerAsync(name, together, cancellationToken);
            },
            cancellationToken
        );

    private async Task<IResult> AnswerAsync(TopicName topic, IReadOnlyList<PublishRequest> records, CancellationToken cancellationToken)
    {
        if (!(await topics.PublishBatchAsync(topic, records, cancellationToken)).TryGetValue(out var results, out var failure))
            return Problems.From(failure);
        return Results(results);
    }

    private async Task<IResult> AnswerAsync(TopicName topic, AtomicPublish batch, CancellationToken cancellationToken)
    {
        if (!(await topics.PublishAtomicAsync(topic, batch, cancellationToken)).TryGetValue(out var results, out var failure))
            return Problems.From(failure);
        return Results([.. results.Select(r => (Outcome<Published>)r)]);
    }

    private static JsonResponse Results(IReadOnlyList<Outcome<Published>> results) =>
        new(
            StatusCodes.Status200OK,
            writer =>
            {
                writer.WriteStartObject();
                writer.WriteStartArray("results");
                foreach (var result in results)
                {
                    if (result.TryGetValue(out var published, out var why))
                        PublishJson.Write(writer, published);
                    else
                        Problems.WriteItem(writer, why);
                }

                writer.WriteEndArray();
                writer.WriteEndObject();
            }
        );
}
