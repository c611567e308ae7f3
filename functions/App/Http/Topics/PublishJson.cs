using System.Text.Json;
using FuncQueue.Engine;
using FuncQueue.Engine.Topics;

namespace FuncQueue.Functions.Http.Topics;

/// <summary>The body of a batch publish, and what a publish is answered.</summary>
internal static class PublishJson
{
    private static readonly string[] OfAll = ["key", "partition", "deduplicationId", "expectedOffset"];

    /// <summary>The records one by one, or, where the request says so, the atomic batch; the other is null.</summary>
    public static (IReadOnlyList<PublishRequest> Each, AtomicPublish? Together) Read(
        JsonElement root,
        (string? Parent, string? State) trace,
        ProducerStamp? producer,
        Faults faults
    )
    {
        var members = new JsonMembers(root, faults, "", [.. OfAll, "messages", "atomic"]);
        var terms = new BatchTerms(members.Boolean("atomic") ?? false, producer);
        terms.Check(OfAll.Where(members.Has), "Stands here in an atomic batch only; otherwise in each message.", faults);
        if (members.List("messages", Limits.MaxBatchSize) is not { } list)
            return ([], null);
        var records = new List<PublishRequest>(list.Count);
        for (var i = 0; i < list.Count; i++)
        {
            var path = $"messages[{i}]";
            if (list[i].ValueKind != JsonValueKind.Object)
                faults.Add(path, "Must be an object.");
            else
                records.Add(ReadOne(list[i], path + ".", trace, faults));
        }

        return terms.Of(
            records,
            () =>
                new AtomicPublish
                {
                    Records = records,
                    Key = members.Text("key"),
                    Partition = members.Number("partition"),
                    DeduplicationId = members.Text("deduplicationId"),
                    ExpectedOffset = members.Count("expectedOffset"),
                },
            isWhole: records.Count == list.Count,
            faults
        );
    }

    /// <summary>What a dry run is about: the parts of a record that filters look at.</summary>
    public static PublishRequest ReadDraft(JsonElement root, Faults faults)
    {
        var members = new JsonMembers(root, faults, "", "body", "bodyBase64", "attributes", "routingKey");
        var record = new PublishRequest
        {
            Body = members.Has("body") || members.Has("bodyBase64") ? BodyJson.Read(members).Body : MessageBody.FromBytes(default),
            Attributes = members.Strings("attributes") ?? [],
            RoutingKey = members.Text("routingKey"),
        };
        faults.AddRange(TopicRules.Check(record, ""));
        return record;
    }

    public static void Write(Utf8JsonWriter writer, Published published)
    {
        writer.WriteStartObject();
        writer.WriteString("messageId", published.MessageId.ToGuid());
        writer.WriteNumber("partition", published.Partition);
        writer.WriteNumber("offset", published.Offset);
        writer.WriteString("publishedAt", Instants.Format(published.PublishedAt));
        writer.WriteNumber("matched", published.Matched);
        writer.WriteBoolean("duplicate", published.Duplicate);
        writer.WriteEndObject();
    }

    private static PublishRequest ReadOne(JsonElement element, string path, (string? Parent, string? State) trace, Faults faults)
    {
        var members = new JsonMembers(
            element,
            faults,
            path,
            "body",
            "bodyBase64",
            "contentType",
            "attributes",
            "routingKey",
            "key",
            "partition",
            "mandatory",
            "deduplicationId",
            "expectedOffset",
            "delaySeconds",
            "ttlSeconds",
            "priority",
            "traceparent",
            "tracestate"
        );
        var (body, contentType) = BodyJson.Read(members);
        var (traceParent, traceState) = TraceContext.Of(members, trace);
        var record = new PublishRequest
        {
            Body = body,
            ContentType = contentType,
            Attributes = members.Strings("attributes") ?? [],
            RoutingKey = members.Text("routingKey"),
            Key = members.Text("key"),
            Partition = members.Number("partition"),
            Mandatory = members.Boolean("mandatory") ?? false,
            DeduplicationId = members.Text("deduplicationId"),
            ExpectedOffset = members.Count("expectedOffset"),
            Delay = members.Seconds("delaySeconds"),
            TimeToLive = members.Seconds("ttlSeconds"),
            Priority = members.Number("priority"),
            TraceParent = traceParent,
            TraceState = traceState,
        };
        faults.AddRange(TopicRules.Check(record, path));
        return record;
    }
}
