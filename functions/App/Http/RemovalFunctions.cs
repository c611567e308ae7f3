using System.Text.Json;
using FuncQueue.Engine;
using FuncQueue.Functions.Access;
using Microsoft.Azure.Functions.Worker;

namespace FuncQueue.Functions.Http;

/// <summary>Purging, and dropping single messages.</summary>
public sealed class RemovalFunctions(QueueOperations operations, Api api)
{
    [Function("Purge")]
    public Task<IResult> PurgeAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "queues/{queue}/purge")] HttpRequest request,
        string queue,
        CancellationToken cancellationToken
    ) => PurgeAsync(request, Rights.Manage, queue, MessageSource.Live, cancellationToken);

    [Function("PurgeDeadLetters")]
    public Task<IResult> PurgeDeadLettersAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "queues/{queue}/deadletter/purge")] HttpRequest request,
        string queue,
        CancellationToken cancellationToken
    ) => PurgeAsync(request, Rights.Redrive, queue, MessageSource.DeadLetters, cancellationToken);

    [Function("RemoveMessage")]
    public Task<IResult> RemoveAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "queues/{queue}/messages/{messageId}")] HttpRequest request,
        string queue,
        string messageId,
        CancellationToken cancellationToken
    ) => RemoveAsync(request, Rights.Manage, queue, MessageSource.Live, messageId, cancellationToken);

    [Function("RemoveDeadLetter")]
    public Task<IResult> RemoveDeadLetterAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "queues/{queue}/deadletter/messages/{messageId}")] HttpRequest request,
        string queue,
        string messageId,
        CancellationToken cancellationToken
    ) => RemoveAsync(request, Rights.Redrive, queue, MessageSource.DeadLetters, messageId, cancellationToken);

    private Task<IResult> RemoveAsync(
        HttpRequest request,
        Rights right,
        string queue,
        MessageSource source,
        string messageId,
        CancellationToken cancellationToken
    ) =>
        api.RunAsync(
            request,
            right,
            queue,
            async (name, faults) =>
            {
                _ = new Query(request, faults);
                var id = MessageIds.Parse(messageId, "messageId", faults);
                if (faults.Any)
                    return faults.ToResult();
                return Answers.Empty(await operations.RemoveAsync(name, source, id, cancellationToken));
            },
            cancellationToken
        );

    private Task<IResult> PurgeAsync(
        HttpRequest request,
        Rights right,
        string queue,
        MessageSource source,
        CancellationToken cancellationToken
    ) =>
        api.RunAsync(
            request,
            right,
            queue,
            async (name, faults) =>
            {
                _ = new Query(request, faults);
                using var document = await JsonBody.ReadAsync(
                    request,
                    faults,
                    required: false,
                    JsonBody.DefaultLimit,
                    JsonBody.FilterDepth,
                    cancellationToken
                );
                var members = document is null ? null : new JsonMembers(document.RootElement, faults, "", "filter", "dryRun");
                var filter = members is null ? null : FilterJson.Read(members, source, faults);
                var dryRun = members?.Boolean("dryRun") == true;
                if (faults.Any)
                    return faults.ToResult();
                if (dryRun)
                {
                    var previewed = await operations.PreviewPurgeAsync(name, source, filter, cancellationToken);
                    return previewed.TryGetValue(out var preview, out var why)
                        ? new PreviewResponse(preview, MessageJson.QueueUrl(request, name))
                        : Problems.From(why);
                }

                return Answers.Json(
                    await operations.PurgeAsync(name, source, filter, cancellationToken),
                    (writer, purged) =>
                    {
                        writer.WriteStartObject();
                        writer.WriteNumber("purged", purged.Count);
                        writer.WriteBoolean("complete", purged.Complete);
                        writer.WriteEndObject();
                    }
                );
            },
            cancellationToken
        );
}
