using System.Text.Json;
using FuncQueue.Engine;

namespace FuncQueue.Functions.Http;

/// <summary>The body of a batch enqueue.</summary>
internal static class BatchJson
{
    public static IReadOnlyList<NewMessage> Read(JsonElement root, string? traceParent, Faults faults)
    {
        var members = new JsonMembers(root, faults, "", "messages");
        if (members.List("messages", Limits.MaxBatchSize) is not { } list)
            return [];
        var messages = new List<NewMessage>(list.Count);
        for (var i = 0; i < list.Count; i++)
        {
            var path = $"messages[{i}]";
            if (list[i].ValueKind != JsonValueKind.Object)
                faults.Add(path, "Must be an object.");
            else
                messages.Add(ReadOne(list[i], path + ".", traceParent, faults));
        }

        return messages;
    }

    private static NewMessage ReadOne(JsonElement element, string path, string? traceParent, Faults faults)
    {
        var members = new JsonMembers(
            element, faults, path, "body", "bodyBase64", "contentType", "attributes", "delaySeconds", "enqueueAt", "ttlSeconds", "priority", "groupId", "deduplicationId");
        var isText = members.Has("body");
        if (isText == members.Has("bodyBase64"))
            members.Fault("body", "Give body or bodyBase64, one of them.");
        var message = new NewMessage
        {
            Body = MessageBody.FromBytes(isText ? Text(members) : Base64(members)),
            ContentType = members.Text("contentType") ?? (isText ? "text/plain; charset=utf-8" : "application/octet-stream"),
            Attributes = members.Strings("attributes") ?? [],
            Delay = members.Seconds("delaySeconds"),
            EnqueueAt = members.Instant("enqueueAt"),
            TimeToLive = members.Seconds("ttlSeconds"),
            Priority = members.Number("priority"),
            GroupId = members.Text("groupId"),
            DeduplicationId = members.Text("deduplicationId"),
            TraceParent = traceParent,
        };
        faults.AddRange(RequestRules.Check(message, path));
        return message;
    }

    private static byte[] Text(JsonMembers members) => members.Text("body") is { } text ? System.Text.Encoding.UTF8.GetBytes(text) : [];

    private static byte[] Base64(JsonMembers members)
    {
        if (members.Get("bodyBase64", JsonValueKind.String, "Must be a string.") is not { } value)
            return [];
        if (value.TryGetBytesFromBase64(out var bytes))
            return bytes;
        members.Fault("bodyBase64", "Must be base64.");
        return [];
    }
}
