using System.Text.Json;
using FuncQueue.Engine;

namespace FuncQueue.Functions.Http;

/// <summary>The body of a redrive.</summary>
internal static class RedriveJson
{
    /// <summary>What is to be moved, and whether that is only to be told.</summary>
    public static (RedriveRequest Request, bool DryRun) Read(JsonElement root, Faults faults)
    {
        var members = new JsonMembers(root, faults, "", "messageIds", "maxMessages", "to", "filter", "dryRun");
        if (members.Has("filter") && members.Has("messageIds"))
            members.Fault("filter", "Give messageIds or a filter, not both.");
        var maxMessages = members.Number("maxMessages");
        if (maxMessages < 1)
            members.Fault("maxMessages", "Must be 1 or more.");
        var request = new RedriveRequest
        {
            MessageIds = members.Has("messageIds") ? ReadIds(members, faults) : null,
            MaxMessages = maxMessages,
            To = ReadTarget(members),
            Filter = FilterJson.Read(members, MessageSource.DeadLetters, faults),
        };
        return (request, members.Boolean("dryRun") == true);
    }

    /// <summary>The member <c>to</c>: another queue; null where there is none.</summary>
    public static QueueName? ReadTarget(JsonMembers members)
    {
        QueueName? to = null;
        if (members.Has("to") && !QueueName.TryParse(members.Text("to"), out to))
            members.Fault("to", "Is no queue's name.");
        return to;
    }

    private static List<MessageId> ReadIds(JsonMembers members, Faults faults)
    {
        var ids = new List<MessageId>();
        foreach (var (i, element) in (members.List("messageIds", Limits.MaxBatchSize) ?? []).Index())
        {
            var path = $"messageIds[{i}]";
            var text = element.ValueKind == JsonValueKind.String ? members.Text(path, element) : null;
            ids.Add(MessageIds.Parse(text ?? "", path, faults));
        }

        return ids;
    }
}
