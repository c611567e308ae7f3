using System.Text.Json;
using FuncQueue.Client.Json;
using FuncQueue.Client.Telemetry;
using FuncQueue.Client.Transport;

namespace FuncQueue.Client.Reading;

/// <summary>What a member of a group asks the server for.</summary>
internal sealed class GroupCalls(string topic, string group, HttpTransport transport)
{
    private readonly string path = $"topics/{Uri.EscapeDataString(topic)}/groups/{Uri.EscapeDataString(group)}";

    public string Topic => topic;

    public string Group => group;

    public HttpTransport Transport => transport;

    public async Task<Answer<WireGroupRead>> ReadAsync(GroupRead read, CancellationToken cancellationToken)
    {
        // A repeat commits what is committed, and goes on behind the same tokens: what a lost answer had comes again.
        var call = Call.Post(path + "/read", Repetition.Always, Call.Json(read.Write)) with
        {
            Wait = read.Wait,
        };
        var began = transport.Now;
        var answer = await transport.SendAsync(call, WireJson.Default.WireGroupRead, cancellationToken);
        var records = answer.Value.Records;
        if (records.Count == 0)
            return answer;
        ClientTelemetry.CountConsumed(topic, records.Count);
        using var span = ClientTelemetry.StartRequest("receive", topic, records.Count, records.Select(record => record.TraceParent));
        ClientTelemetry.Ended(span, "receive", topic, transport.Now - began, null);
        return answer;
    }

    /// <summary>What became of each token: <c>ok</c>, <c>fenced</c> or <c>malformed-token</c>.</summary>
    public async Task<IReadOnlyList<string>> CommitAsync(IReadOnlyList<string> tokens, CancellationToken cancellationToken)
    {
        var content = Call.Json(writer =>
        {
            writer.WriteStartObject();
            GroupRead.WriteTokens(writer, "tokens", tokens);
            writer.WriteEndObject();
        });
        var call = Call.Post(path + "/commit", Repetition.Always, content);
        var answer = await transport.SendAsync(call, WireJson.Default.WireAnswersWireSettled, cancellationToken);
        return [.. answer.Value.Results.Select(result => result.Status)];
    }

    public Task LeaveAsync(string member, CancellationToken cancellationToken)
    {
        var content = Call.Json(writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("member", member);
            writer.WriteEndObject();
        });
        return transport.SendAsync(Call.Post(path + "/leave", Repetition.Always, content), cancellationToken);
    }

    public Task SeekAsync(JsonElement to, CancellationToken cancellationToken)
    {
        var content = Call.Json(writer =>
        {
            writer.WriteStartObject();
            writer.WritePropertyName("to");
            to.WriteTo(writer);
            writer.WriteEndObject();
        });
        // To the same place a second time is no harm, but for what was committed in between.
        return transport.SendAsync(Call.Post(path + "/seek", Repetition.IfNothingHappened, content), cancellationToken);
    }

    public Task<TopicGroup?> FindAsync(CancellationToken cancellationToken) =>
        transport.FindAsync(Call.Get(path), WireJson.Default.TopicGroup, cancellationToken);

    public Task<bool> DeleteAsync(CancellationToken cancellationToken) => transport.RemoveAsync(Call.Delete(path), cancellationToken);

    /// <summary>Reads the bodies that lie in blobs. Throws for the first that cannot be read.</summary>
    public async Task LoadAsync(int partition, IEnumerable<TopicRecord> records, CancellationToken cancellationToken)
    {
        foreach (var record in records.Where(record => record.Body is null))
        {
            var url = $"topics/{Uri.EscapeDataString(topic)}/partitions/{Wire.Text(partition)}/records/{Wire.Text(record.Offset)}/body";
            await using var stream = await transport.OpenAsync(Call.Get(url) with { Unlimited = true }, cancellationToken);
            record.Load(await BinaryData.FromStreamAsync(stream, cancellationToken));
        }
    }
}

/// <summary>One read by a member.</summary>
internal sealed record GroupRead(string Member, string From, TimeSpan Lease)
{
    public int MaxRecords { get; init; } = 100;

    public TimeSpan Wait { get; init; }

    public IReadOnlyList<string> Commit { get; init; } = [];

    public IReadOnlyList<string> After { get; init; } = [];

    public void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("member", Member);
        writer.WriteNumber("maxRecords", MaxRecords);
        writer.WriteNumber("waitSeconds", Wire.Seconds(Wait));
        writer.WriteNumber("leaseSeconds", Wire.Seconds(Lease));
        if (From is "earliest" or "latest")
        {
            writer.WriteString("from", From);
        }
        else
        {
            writer.WriteStartObject("from");
            writer.WriteString("at", From);
            writer.WriteEndObject();
        }

        WriteTokens(writer, "commit", Commit);
        WriteTokens(writer, "after", After);
        writer.WriteEndObject();
    }

    public static void WriteTokens(Utf8JsonWriter writer, string name, IReadOnlyList<string> tokens)
    {
        writer.WriteStartArray(name);
        foreach (var token in tokens)
            writer.WriteStringValue(token);
        writer.WriteEndArray();
    }
}
