using System.Text.Json;
using FuncQueue.Engine;

namespace FuncQueue.Functions.Http;

/// <summary>The body of a batch enqueue.</summary>
internal static class BatchJson
{
    /// <summary>The messages, and the id that they share, if any.</summary>
    public static (IReadOnlyList<NewMessage> Messages, string? DeduplicationId) Read(
        JsonElement root,
        (string? Parent, string? State) trace,
        Faults faults
    )
    {
        var members = new JsonMembers(root, faults, "", "messages", "deduplicationId");
        if (members.List("messages", Limits.MaxBatchSize) is not { } list)
            return ([], null);
        var messages = new List<NewMessage>(list.Count);
        for (var i = 0; i < list.Count; i++)
        {
            var path = $"messages[{i}]";
            if (list[i].ValueKind != JsonValueKind.Object)
                faults.Add(path, "Must be an object.");
            else
                messages.Add(ReadOne(list[i], path + ".", trace, faults));
        }

        var id = members.Text("deduplicationId");
        if (id is not null)
            faults.AddRange(BatchEnqueue.Check(messages, id));
        return (messages, id);
    }

    private static NewMessage ReadOne(JsonElement element, string path, (string? Parent, string? State) trace, Faults faults)
    {
        var members = new JsonMembers(
            element,
            faults,
            path,
            "body",
            "bodyBase64",
            "contentType",
            "attributes",
            "delaySeconds",
            "enqueueAt",
            "ttlSeconds",
            "priority",
            "groupId",
            "deduplicationId",
            "traceparent",
            "tracestate"
        );
        var (body, contentType) = BodyJson.Read(members);
        var (traceParent, traceState) = TraceContext.Of(members, trace);
        var message = new NewMessage
        {
            Body = body,
            ContentType = contentType,
            Attributes = members.Strings("attributes") ?? [],
            Delay = members.Seconds("delaySeconds"),
            EnqueueAt = members.Instant("enqueueAt"),
            TimeToLive = members.Seconds("ttlSeconds"),
            Priority = members.Number("priority"),
            GroupId = members.Text("groupId"),
            DeduplicationId = members.Text("deduplicationId"),
            TraceParent = traceParent,
            TraceState = traceState,
        };
        faults.AddRange(RequestRules.Check(message, path));
        return message;
    }
}
