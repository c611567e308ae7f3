using System.Text.Json;
using FuncQueue.Engine;
using FuncQueue.Engine.Topics;

namespace FuncQueue.Functions.Http.Topics;

/// <summary>Groups of a topic in JSON, both ways.</summary>
internal static class GroupJson
{
    private const string GroupRule = "A group's name is made as a queue's: 1 to 80 of A-Z a-z 0-9 - _ and single dots inside.";
    private const string MemberRule = "A member's name is made as a queue's: 1 to 80 of A-Z a-z 0-9 - _ and single dots inside.";
    private const string FromRule = """Must be "earliest", "latest" or {"at":"…"}.""";

    public static QueueName Name(string text, Faults faults) =>
        RouteNames.Read(text, t => QueueName.TryParse(t, out var name) ? name : null, "group", GroupRule, faults);

    /// <summary>What a read asks for; its faults are added.</summary>
    public static GroupReadRequest Read(JsonElement root, Faults faults)
    {
        var members = new JsonMembers(
            root,
            faults,
            "",
            "member",
            "maxRecords",
            "maxBytes",
            "waitSeconds",
            "leaseSeconds",
            "from",
            "commit",
            "after"
        );
        var request = new GroupReadRequest { Member = ReadMember(members, faults) };
        request = request with
        {
            MaxRecords = members.Number("maxRecords") ?? request.MaxRecords,
            MaxBytes = members.Number("maxBytes") ?? request.MaxBytes,
            Wait = members.Seconds("waitSeconds") ?? request.Wait,
            Lease = members.Seconds("leaseSeconds") ?? request.Lease,
            From = members.Has("from") ? ReadFrom(root.GetProperty("from"), faults) : request.From,
            Commit = ReadTokens(members, "commit", least: 0),
            After = ReadTokens(members, "after", least: 0),
        };
        faults.AddRange(TopicRules.Check(request));
        return request;
    }

    /// <summary>The tokens that a commit names; its faults are added.</summary>
    public static IReadOnlyList<string> ReadCommit(JsonElement root, Faults faults)
    {
        var members = new JsonMembers(root, faults, "", "tokens");
        if (!members.Has("tokens"))
            members.Fault("tokens", "Is needed.");
        return ReadTokens(members, "tokens", least: 1);
    }

    /// <summary>Who leaves; faults are added.</summary>
    public static QueueName ReadLeave(JsonElement root, Faults faults) => ReadMember(new JsonMembers(root, faults, "", "member"), faults);

    public static void WriteTail(Utf8JsonWriter writer, GroupRecords read, bool withAfter)
    {
        writer.WriteStartArray("tokens");
        foreach (var token in read.Tokens)
        {
            writer.WriteStartObject();
            writer.WriteNumber("partition", token.Partition);
            writer.WriteNumber("nextOffset", token.NextOffset);
            writer.WriteString("token", token.Token);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        WriteNumbers(writer, "assigned", read.Assigned);
        WriteNumbers(writer, "wanted", read.Wanted);
        WriteStatuses(writer, "committed", read.Committed);
        if (withAfter)
            WriteStatuses(writer, "after", read.After);
        if (read.Skipped.Count == 0)
            return;
        writer.WriteStartArray("skipped");
        foreach (var skipped in read.Skipped)
        {
            writer.WriteStartObject();
            writer.WriteNumber("partition", skipped.Partition);
            writer.WriteNumber("from", skipped.From);
            writer.WriteNumber("to", skipped.To);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    public static void WriteStatuses(Utf8JsonWriter writer, string name, IReadOnlyList<TokenStatus> statuses)
    {
        writer.WriteStartArray(name);
        foreach (var status in statuses)
        {
            writer.WriteStartObject();
            writer.WriteString(
                "status",
                status switch
                {
                    TokenStatus.Ok => "ok",
                    TokenStatus.Fenced => "fenced",
                    _ => "malformed-token",
                }
            );
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    public static void Write(Utf8JsonWriter writer, TopicGroup group)
    {
        writer.WriteStartObject();
        writer.WriteString("name", group.Name.Value);
        writer.WriteString("createdAt", Instants.Format(group.CreatedAt));
        writer.WriteNumber("lag", group.Lag);
        Durations.Write(writer, "lagSeconds", group.LagTime);
        writer.WriteStartArray("members");
        foreach (var member in group.Members)
        {
            writer.WriteStartObject();
            writer.WriteString("member", member.Name.Value);
            writer.WriteString("until", Instants.Format(member.Until));
            WriteNumbers(writer, "partitions", member.Partitions);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteStartArray("partitions");
        foreach (var partition in group.Partitions)
            Write(writer, partition);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, TopicGroupPartition partition)
    {
        writer.WriteStartObject();
        writer.WriteNumber("partition", partition.Partition);
        writer.WriteNumber("committed", partition.Committed);
        writer.WriteNumber("nextOffset", partition.NextOffset);
        writer.WriteNumber("lag", partition.Lag);
        Durations.Write(writer, "lagSeconds", partition.LagTime);
        writer.WriteString("member", partition.Member?.Value);
        writer.WriteString("until", partition.Until is { } until ? Instants.Format(until) : null);
        writer.WriteString("wantedBy", partition.WantedBy?.Value);
        writer.WriteEndObject();
    }

    private static void WriteNumbers(Utf8JsonWriter writer, string name, IReadOnlyList<int> numbers)
    {
        writer.WriteStartArray(name);
        foreach (var number in numbers)
            writer.WriteNumberValue(number);
        writer.WriteEndArray();
    }

    private static QueueName ReadMember(JsonMembers members, Faults faults)
    {
        if (!members.Has("member"))
            members.Fault("member", "Is needed.");
        var text = members.Text("member");
        // A name that stands in for one that is none: with a fault, nothing is done in it.
        return RouteNames.Read(text ?? "member", t => QueueName.TryParse(t, out var name) ? name : null, "member", MemberRule, faults);
    }

    private static ReadFrom ReadFrom(JsonElement json, Faults faults)
    {
        if (json.ValueKind == JsonValueKind.String)
        {
            if (json.ValueEquals("earliest"))
                return new ReadFrom.Earliest();
            if (json.ValueEquals("latest"))
                return new ReadFrom.Latest();
        }
        else if (json.ValueKind == JsonValueKind.Object && new JsonMembers(json, faults, "from.", "at") is var members && members.Has("at"))
        {
            return members.Instant("at") is { } instant ? new ReadFrom.Instant(instant) : new ReadFrom.Latest();
        }

        faults.Add("from", FromRule);
        return new ReadFrom.Latest();
    }

    private static List<string> ReadTokens(JsonMembers members, string name, int least)
    {
        var tokens = new List<string>();
        if (members.Get(name, JsonValueKind.Array, "Must be an array of tokens.") is not { } array)
            return tokens;
        var count = array.GetArrayLength();
        if (count < least || count > Limits.MaxBatchSize)
        {
            members.Fault(name, $"Must have {least} to {Limits.MaxBatchSize} elements; it has {count}.");
            return tokens;
        }

        foreach (var (i, element) in array.EnumerateArray().Index())
        {
            var path = $"{name}[{i}]";
            if (element.ValueKind == JsonValueKind.String)
                tokens.Add(members.Text(path, element) ?? "");
            else
                members.Fault(path, "Must be a string.");
        }

        return tokens;
    }
}
