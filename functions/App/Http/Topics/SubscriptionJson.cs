using System.Globalization;
using System.Text.Json;
using FuncQueue.Engine;
using FuncQueue.Engine.Topics;
using FuncQueue.Engine.Topics.Filters;

namespace FuncQueue.Functions.Http.Topics;

/// <summary>Subscriptions in JSON, both ways.</summary>
internal static class SubscriptionJson
{
    private const string NameRule = "A subscription's name is made as a queue's: 1 to 80 of A-Z a-z 0-9 - _ and single dots inside.";
    private const string StartRule = """Must be "now", "earliest", {"at":"…"} or {"offsets":{"0":17}}.""";

    public static QueueName Name(string text, Faults faults) =>
        RouteNames.Read(text, t => QueueName.TryParse(t, out var name) ? name : null, "subscription", NameRule, faults);

    /// <summary>What a PUT asks for; null: there are faults.</summary>
    public static SubscriptionRequest? Read(JsonElement root, Faults faults)
    {
        var members = new JsonMembers(root, faults, "", "queue", "topic", "filters", "from", "groupId");
        var target = ReadTarget(members);
        var filters = members.Has("filters") ? ReadFilters(root.GetProperty("filters"), "filters", faults) : null;
        var from = members.Has("from") ? ReadStart(root.GetProperty("from"), "from", faults) : new SubscriptionStart.Now();
        var group = members.Text("groupId");
        return target is null || from is null || faults.Any
            ? null
            : new SubscriptionRequest
            {
                Target = target,
                Filters = filters,
                From = from,
                GroupId = group,
            };
    }

    /// <summary>The filters of several subscriptions, by name.</summary>
    public static IReadOnlyDictionary<QueueName, SubscriptionFilters> ReadSeveral(JsonElement root, Faults faults)
    {
        var several = new Dictionary<QueueName, SubscriptionFilters>();
        foreach (var member in root.EnumerateObject())
        {
            if (!QueueName.TryParse(member.Name, out var name))
                faults.Add(member.Name, NameRule);
            else if (member.Value.ValueKind != JsonValueKind.Object)
                faults.Add(member.Name, "Must be an object with filters.");
            else if (new JsonMembers(member.Value, faults, member.Name + ".", "filters") is var members && !members.Has("filters"))
                members.Fault("filters", "Is needed.");
            else if (ReadFilters(member.Value.GetProperty("filters"), member.Name + ".filters", faults) is { } filters)
                several[name] = filters;
        }

        if (several.Count == 0 && !faults.Any)
            faults.Add("body", "Names no subscription.");
        return several;
    }

    public static SubscriptionStart? ReadSeek(JsonElement root, Faults faults)
    {
        var members = new JsonMembers(root, faults, "", "to");
        if (members.Has("to"))
            return ReadStart(root.GetProperty("to"), "to", faults);
        members.Fault("to", "Is needed.");
        return null;
    }

    public static IResult Answer(int code, SubscriptionInfo subscription) =>
        new JsonResponse(
            code,
            writer =>
            {
                writer.WriteStartObject();
                Write(writer, subscription);
                writer.WriteEndObject();
            },
            headers: headers => headers.ETag = $"\"{subscription.ETag}\""
        );

    public static IResult Answer(SubscriptionStatus status) =>
        new JsonResponse(
            StatusCodes.Status200OK,
            writer => Write(writer, status),
            headers: headers => headers.ETag = $"\"{status.Subscription.ETag}\""
        );

    public static IResult AnswerList(IReadOnlyList<SubscriptionStatus> all) =>
        AnswerList(writer =>
        {
            foreach (var status in all)
                Write(writer, status);
        });

    public static IResult AnswerList(IReadOnlyList<SubscriptionInfo> all) =>
        AnswerList(writer =>
        {
            foreach (var subscription in all)
            {
                writer.WriteStartObject();
                Write(writer, subscription);
                writer.WriteEndObject();
            }
        });

    private static JsonResponse AnswerList(Action<Utf8JsonWriter> write) =>
        new(
            StatusCodes.Status200OK,
            writer =>
            {
                writer.WriteStartObject();
                writer.WriteStartArray("subscriptions");
                write(writer);
                writer.WriteEndArray();
                writer.WriteEndObject();
            }
        );

    private static void Write(Utf8JsonWriter writer, SubscriptionStatus status)
    {
        writer.WriteStartObject();
        Write(writer, status.Subscription);
        writer.WriteNumber("lag", status.Partitions.Sum(p => p.Lag));
        writer.WriteStartArray("partitions");
        foreach (var partition in status.Partitions)
        {
            writer.WriteStartObject();
            writer.WriteNumber("partition", partition.Partition);
            writer.WriteNumber("position", partition.Position);
            writer.WriteNumber("lag", partition.Lag);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, SubscriptionInfo subscription)
    {
        writer.WriteString("name", subscription.Name.Value);
        if (subscription.Target.Queue is { } queue)
            writer.WriteString("queue", queue.Value);
        if (subscription.Target.Topic is { } topic)
            writer.WriteString("topic", topic.Value);
        writer.WritePropertyName("filters");
        writer.WriteRawValue(subscription.Filters.Json.Span, skipInputValidation: true);
        writer.WriteString("groupId", subscription.GroupId);
        writer.WriteString("createdAt", Instants.Format(subscription.CreatedAt));
    }

    private static SubscriptionTarget? ReadTarget(JsonMembers members)
    {
        if (members.Has("queue") == members.Has("topic"))
        {
            members.Fault("queue", "Give queue or topic, one of them.");
            return null;
        }

        if (members.Text("queue") is { } queue)
        {
            if (QueueName.TryParse(queue, out var name))
                return SubscriptionTarget.To(name);
            members.Fault("queue", "Is no name of a queue.");
        }
        else if (members.Text("topic") is { } topic)
        {
            if (TopicName.TryParse(topic, out var name))
                return SubscriptionTarget.To(name);
            members.Fault("topic", "Is no name of a topic.");
        }

        return null;
    }

    private static SubscriptionFilters? ReadFilters(JsonElement json, string at, Faults faults)
    {
        if (SubscriptionFilters.TryParse(json, at, out var filters, out var wrong))
            return filters;
        faults.AddRange(wrong);
        return null;
    }

    private static SubscriptionStart? ReadStart(JsonElement json, string at, Faults faults)
    {
        if (json.ValueKind == JsonValueKind.String)
        {
            if (json.ValueEquals("now"))
                return new SubscriptionStart.Now();
            if (json.ValueEquals("earliest"))
                return new SubscriptionStart.Earliest();
        }
        else if (json.ValueKind == JsonValueKind.Object && new JsonMembers(json, faults, at + ".", "at", "offsets") is var members)
        {
            if (members.Has("at") && !members.Has("offsets"))
                return members.Instant("at") is { } instant ? new SubscriptionStart.Instant(instant) : null;
            if (members.Has("offsets") && !members.Has("at"))
                return ReadOffsets(members, at + ".offsets", faults);
        }

        faults.Add(at, StartRule);
        return null;
    }

    private static SubscriptionStart.Offsets? ReadOffsets(JsonMembers members, string at, Faults faults)
    {
        if (members.Get("offsets", JsonValueKind.Object, "Must be an object of offsets by partition.") is not { } value)
            return null;
        var offsets = new Dictionary<int, long>();
        foreach (var member in value.EnumerateObject())
        {
            var isPartition = int.TryParse(member.Name, NumberStyles.None, CultureInfo.InvariantCulture, out var partition);
            if (isPartition && partition < Limits.MaxPartitions && member.Value.TryGetOffset(out var offset))
                offsets[partition] = offset;
            else
                faults.Add($"{at}.{member.Name}", "Must be the number of a partition with an offset, a whole number.");
        }

        return new SubscriptionStart.Offsets(offsets);
    }

    private static bool TryGetOffset(this JsonElement json, out long offset)
    {
        offset = 0;
        return json.ValueKind == JsonValueKind.Number && json.TryGetInt64(out offset) && offset >= 0;
    }
}
