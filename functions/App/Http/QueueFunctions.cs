using System.Text.Json;
using FuncQueue.Engine;
using Microsoft.Azure.Functions.Worker;

namespace FuncQueue.Functions.Http;

/// <summary>Creating, changing, listing and deleting queues.</summary>
public sealed class QueueFunctions(QueueEngine engine, Api api)
{
    [Function("PutQueue")]
    public Task<IResult> PutAsync(
        [HttpTrigger(AuthorizationLevel.Function, "put", Route = "queues/{queue}")] HttpRequest request, string queue, CancellationToken cancellationToken) =>
        api.RunAsync(request, queue, async (name, faults) =>
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
            return outcome.TryGetValue(out var put, out var failure)
                ? Answer(put.Created ? StatusCodes.Status201Created : StatusCodes.Status200OK, put.Status)
                : Problems.From(failure);
        });

    [Function("GetQueue")]
    public Task<IResult> GetAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "queues/{queue}")] HttpRequest request, string queue, CancellationToken cancellationToken) =>
        api.RunAsync(request, queue, async (name, faults) =>
        {
            _ = new Query(request, faults);
            if (faults.Any)
                return faults.ToResult();
            var outcome = await engine.GetQueueAsync(name, cancellationToken);
            return outcome.TryGetValue(out var status, out var failure) ? Answer(StatusCodes.Status200OK, status) : Problems.From(failure);
        });

    [Function("ListQueues")]
    public Task<IResult> ListAsync([HttpTrigger(AuthorizationLevel.Function, "get", Route = "queues")] HttpRequest request, CancellationToken cancellationToken) =>
        api.RunAsync(request, async faults =>
        {
            var query = new Query(request, faults, "prefix", "maxResults", "continuation");
            var prefix = query.Text("prefix") ?? "";
            if (!QueueName.IsPrefix(prefix))
                faults.Add("prefix", "Is not the beginning of any queue's name.");
            var maxResults = query.Number("maxResults") ?? 100;
            if (maxResults is < 1 or > 1000)
                faults.Add("maxResults", "Must be 1 to 1000.");
            if (faults.Any)
                return faults.ToResult();
            var outcome = await engine.ListQueuesAsync(prefix, maxResults, query.Text("continuation"), cancellationToken);
            if (!outcome.TryGetValue(out var page, out var failure))
                return Problems.From(failure);
            return new JsonResponse(StatusCodes.Status200OK, writer =>
            {
                writer.WriteStartObject();
                writer.WriteStartArray("queues");
                foreach (var info in page.Queues)
                {
                    writer.WriteStartObject();
                    SettingsJson.Write(writer, info);
                    writer.WriteEndObject();
                }

                writer.WriteEndArray();
                if (page.Continuation is { } continuation)
                    writer.WriteString("continuation", continuation);
                writer.WriteEndObject();
            });
        });

    [Function("DeleteQueue")]
    public Task<IResult> DeleteAsync(
        [HttpTrigger(AuthorizationLevel.Function, "delete", Route = "queues/{queue}")] HttpRequest request, string queue, CancellationToken cancellationToken) =>
        api.RunAsync(request, queue, async (name, faults) =>
        {
            _ = new Query(request, faults);
            if (faults.Any)
                return faults.ToResult();
            var outcome = await engine.DeleteQueueAsync(name, cancellationToken);
            if (!outcome.TryGetValue(out var deleted, out var failure))
                return Problems.From(failure);
            return deleted ? new EmptyResponse(StatusCodes.Status204NoContent) : Problems.From(new Failure.QueueNotFound(name));
        });

    private static JsonResponse Answer(int code, QueueStatus status) => new(
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
            if (status.OldestMessageAge is { } age)
                writer.WriteNumber("oldestMessageAgeSeconds", (long)age.TotalSeconds);
            else
                writer.WriteNull("oldestMessageAgeSeconds");
            writer.WriteEndObject();
        },
        headers: headers => headers.ETag = $"\"{status.Queue.ETag}\"");
}

/// <summary>If-Match and If-None-Match of a PUT.</summary>
internal static class Conditions
{
    public static QueueCondition Read(HttpRequest request, Faults faults)
    {
        var ifNoneMatch = request.Headers.IfNoneMatch;
        if (ifNoneMatch.Count > 0 && ifNoneMatch != "*")
            faults.Add("If-None-Match", "Must be *.");
        var ifMatch = request.Headers.IfMatch;
        if (ifMatch.Count == 0)
            return new QueueCondition(null, ifNoneMatch.Count > 0);
        var tag = ifMatch.Count == 1 ? ifMatch[0]!.Trim() : "";
        if (tag == "*")
            return new QueueCondition("*", ifNoneMatch.Count > 0);
        if (tag.Length > 2 && tag[0] == '"' && tag[^1] == '"' && !tag[1..^1].Contains('"', StringComparison.Ordinal))
            return new QueueCondition(tag[1..^1], ifNoneMatch.Count > 0);
        faults.Add("If-Match", "Must be * or one quoted ETag.");
        return default;
    }
}
