using System.Globalization;
using FuncQueue.Engine;
using FuncQueue.Engine.Topics;
using FuncQueue.Functions.Access;
using FuncQueue.Functions.Http.CloudEvents;
using Microsoft.Azure.Functions.Worker;

namespace FuncQueue.Functions.Http.Topics;

/// <summary>Reading the records of a partition, without a group.</summary>
public sealed class RecordFunctions(TopicEngine topics, Api api)
{
    private const string At = "topics/{topic}/partitions/{partition}/records";

    [Function("ReadPartition")]
    public Task<IResult> ReadAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = At)] HttpRequest request,
        string topic,
        string partition,
        CancellationToken cancellationToken
    ) =>
        api.RunOnTopicAsync(
            request,
            Rights.Receive,
            topic,
            async (name, faults) =>
            {
                var query = new Query(request, faults, "from", "maxRecords", "maxBytes", "waitSeconds");
                var read = new ReadRequest
                {
                    Partition = ParsePartition(partition, faults),
                    From = ReadFromText.Parse(query.Text("from"), faults),
                    MaxRecords = query.Number("maxRecords") ?? 100,
                    MaxBytes = query.Number("maxBytes") ?? 1024 * 1024,
                    Wait = query.Seconds("waitSeconds") ?? TimeSpan.Zero,
                };
                // The topic tells which partitions there are.
                faults.AddRange(TopicRules.Check(read, new TopicSettings { Partitions = Limits.MaxPartitions }));
                if (faults.Any)
                    return faults.ToResult();
                RequestMemory.Room.Of(request).RequireSome();
                if (!(await topics.ReadAsync(name, read, cancellationToken)).TryGetValue(out var page, out var failure))
                    return Problems.From(failure);
                return new RecordsResponse(
                    page.Records,
                    RecordJson.TopicUrl(request, name),
                    withPartition: false,
                    CloudEventAnswers.AreAsked(request),
                    writer =>
                    {
                        writer.WriteNumber("nextOffset", page.NextOffset);
                        writer.WriteNumber("endOffset", page.EndOffset);
                    }
                );
            },
            cancellationToken
        );

    [Function("ReadTopic")]
    public Task<IResult> ReadAllAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "topics/{topic}/records")] HttpRequest request,
        string topic,
        CancellationToken cancellationToken
    ) =>
        api.RunOnTopicAsync(
            request,
            Rights.Receive,
            topic,
            async (name, faults) =>
            {
                var query = new Query(request, faults, "position", "from", "maxRecords", "maxBytes", "waitSeconds");
                if (query.Text("position") is not null && query.Text("from") is not null)
                    faults.Add("from", "Counts without a position only: give one of them.");
                var read = new TopicReadRequest
                {
                    Position = query.Text("position"),
                    From = ReadFromText.Parse(query.Text("from"), faults),
                    MaxRecords = query.Number("maxRecords") ?? 100,
                    MaxBytes = query.Number("maxBytes") ?? 1024 * 1024,
                    Wait = query.Seconds("waitSeconds") ?? TimeSpan.Zero,
                };
                faults.AddRange(TopicRules.Check(read));
                if (faults.Any)
                    return faults.ToResult();
                RequestMemory.Room.Of(request).RequireSome();
                if (!(await topics.ReadAsync(name, read, cancellationToken)).TryGetValue(out var page, out var failure))
                    return Problems.From(failure);
                return new RecordsResponse(
                    page.Records,
                    RecordJson.TopicUrl(request, name),
                    withPartition: true,
                    CloudEventAnswers.AreAsked(request),
                    writer => writer.WriteString("position", page.Position)
                );
            },
            cancellationToken
        );

    [Function("GetRecord")]
    public Task<IResult> GetAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = At + "/{offset}")] HttpRequest request,
        string topic,
        string partition,
        string offset,
        CancellationToken cancellationToken
    ) =>
        api.RunOnTopicAsync(
            request,
            Rights.Receive,
            topic,
            async (name, faults) =>
            {
                _ = new Query(request, faults);
                var (from, at) = (ParsePartition(partition, faults), ParseOffset(offset, faults));
                if (faults.Any)
                    return faults.ToResult();
                if (!(await topics.FindRecordAsync(name, from, at, cancellationToken)).TryGetValue(out var record, out var failure))
                    return Problems.From(failure);
                var url = RecordJson.TopicUrl(request, name);
                var asEvent = CloudEventAnswers.AreAsked(request);
                return new JsonResponse(
                    StatusCodes.Status200OK,
                    writer => RecordJson.Write(writer, record, url, withPartition: true, asEvent)
                );
            },
            cancellationToken
        );

    [Function("GetRecordBody")]
    public Task<IResult> GetBodyAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = At + "/{offset}/body")] HttpRequest request,
        string topic,
        string partition,
        string offset,
        CancellationToken cancellationToken
    ) =>
        api.RunOnTopicAsync(
            request,
            Rights.Receive,
            topic,
            async (name, faults) =>
            {
                _ = new Query(request, faults);
                var (from, at) = (ParsePartition(partition, faults), ParseOffset(offset, faults));
                if (faults.Any)
                    return faults.ToResult();
                RequestMemory.Room.Of(request).Hold(RequestMemory.Streamed);
                return Answers.Of(await topics.OpenBodyAsync(name, from, at, cancellationToken), body => new BodyResponse(body));
            },
            cancellationToken
        );

    [Function("GetNewestRecord")]
    public Task<IResult> GetNewestAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "topics/{topic}/keys/{key}")] HttpRequest request,
        string topic,
        string key,
        CancellationToken cancellationToken
    ) =>
        api.RunOnTopicAsync(
            request,
            Rights.Receive,
            topic,
            async (name, faults) =>
            {
                _ = new Query(request, faults);
                faults.AddRange(TopicRules.CheckKey(key));
                if (faults.Any)
                    return faults.ToResult();
                if (!(await topics.FindKeyAsync(name, key, cancellationToken)).TryGetValue(out var record, out var failure))
                    return Problems.From(failure);
                var url = RecordJson.TopicUrl(request, name);
                var asEvent = CloudEventAnswers.AreAsked(request);
                return new JsonResponse(
                    StatusCodes.Status200OK,
                    writer => RecordJson.Write(writer, record, url, withPartition: true, asEvent)
                );
            },
            cancellationToken
        );

    private static int ParsePartition(string text, Faults faults)
    {
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var partition) && partition < Limits.MaxPartitions)
            return partition;
        faults.Add("partition", "Must be the number of a partition.");
        return 0;
    }

    private static long ParseOffset(string text, Faults faults)
    {
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var offset))
            return offset;
        faults.Add("offset", "Must be an offset, a whole number.");
        return 0;
    }
}
