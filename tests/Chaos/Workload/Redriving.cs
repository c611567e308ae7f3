using System.Text.Json.Nodes;
using FuncQueue.Chaos.Cluster;
using FuncQueue.Chaos.Histories;

namespace FuncQueue.Chaos.Workload;

/// <summary>Makes dead letters live again, and takes down which were meant.</summary>
internal sealed class Redriving(QueueClient client, Recorder recorder)
{
    /// <param name="most">Null: all.</param>
    /// <param name="keyPrefix">How the keys of those begin that are meant; null: all are.</param>
    /// <param name="to">Null: their own queue.</param>
    public async Task<Call> RedriveAsync(AppSlot slot, QueueSpec queue, int? most = null, string? keyPrefix = null, QueueSpec? to = null)
    {
        var json = new JsonObject();
        if (most is { } number)
            json["maxMessages"] = number;
        if (to is not null)
            json["to"] = to.Name;
        if (keyPrefix is not null)
        {
            json["filter"] = new JsonObject
            {
                ["attributes"] = new JsonObject { [Message.KeyAttribute] = new JsonArray(new JsonObject { ["prefix"] = keyPrefix }) },
            };
        }

        var call = await client.PostJsonAsync(slot, $"{queue.Url}/deadletter/redrive", json);
        recorder.Add(
            new Revival
            {
                Queue = queue.Name,
                To = (to ?? queue).Name,
                Began = call.Began,
                Ended = call.Ended,
                Ending = call.Ending,
                KeyPrefix = keyPrefix,
                Moved = call.Json?["moved"]?.GetValue<long>(),
            }
        );
        return call;
    }
}
