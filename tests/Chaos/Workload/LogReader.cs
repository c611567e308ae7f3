using System.Text.Json.Nodes;
using FuncQueue.Chaos.Cluster;
using FuncQueue.Chaos.Histories;

namespace FuncQueue.Chaos.Workload;

/// <summary>Reads records here and there while they are published, through any process; and all of them in the end.</summary>
internal sealed class LogReader(AppCluster cluster, QueueClient client, Recorder recorder, Random random)
{
    private readonly Dictionary<(TopicSpec Topic, int Partition), long> ends = [];

    public async Task RunAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            await Pauses.WaitAsync(TimeSpan.FromMilliseconds(random.Next(20, 200)), stopping);
            if (cluster.Choose(random) is not { } slot)
                continue;
            var topic = TopicSpec.All[random.Next(TopicSpec.All.Count)];
            var partition = random.Next(topic.Partitions);
            var end = ends.GetValueOrDefault((topic, partition));
            // Mostly what has just been published, and what is about to be.
            var from = random.Next(3) == 0 ? random.NextInt64(end + 1) : Math.Max(0, end - random.Next(3));
            if (await ReadAsync(slot, topic, partition, $"{from}", random.Next(3), isLast: false) is { } page)
                ends[(topic, partition)] = Math.Max(end, page["nextOffset"]!.GetValue<long>());
        }
    }

    /// <summary>Everything that is in a topic, when nothing is published any more; false when it could not be read.</summary>
    public async Task<bool> ReadEverythingAsync(TopicSpec topic)
    {
        for (var partition = 0; partition < topic.Partitions; partition++)
        {
            // Where a partition ends, a process knows from memory; that it ends, storage says.
            for (var (from, count) = ("earliest", 1); count > 0; )
            {
                if (
                    cluster.Choose(random) is not { } slot
                    || await ReadAsync(slot, topic, partition, from, waitSeconds: 0, isLast: true) is not { } page
                )
                    return false;
                (from, count) = ($"{page["nextOffset"]}", page["records"]!.AsArray().Count);
            }
        }

        return true;
    }

    private async Task<JsonNode?> ReadAsync(AppSlot slot, TopicSpec topic, int partition, string from, int waitSeconds, bool isLast)
    {
        var call = await client.SendAsync(
            slot,
            HttpMethod.Get,
            $"{topic.Url}/partitions/{partition}/records?from={from}&waitSeconds={waitSeconds}"
        );
        if (call.Ending != Ending.Ok)
            return null;
        foreach (var record in call.Json!["records"]!.AsArray())
        {
            var digest = isLast || record!["bodyUrl"] is null ? await Receiving.DigestAsync(slot, record!) : null;
            recorder.Add(
                new SeenRecord(
                    new RecordPlace(topic.Name, partition, record!["offset"]!.GetValue<long>()),
                    record["attributes"]![Message.KeyAttribute]!.GetValue<string>(),
                    digest,
                    isLast
                )
            );
        }

        return call.Json;
    }
}
