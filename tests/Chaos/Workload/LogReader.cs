using System.Globalization;
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
            if (await PageAsync(slot, topic, partition, $"{from}", random.Next(3), isLast: false) is not { } page)
                continue;
            foreach (var record in page.Records)
                recorder.Add(record);
            ends[(topic, partition)] = Math.Max(end, page.Next);
        }
    }

    /// <summary>Everything that is in a topic, when nothing is published any more; false when it could not be read.</summary>
    public async Task<bool> ReadEverythingAsync(TopicSpec topic)
    {
        for (var partition = 0; partition < topic.Partitions; partition++)
        {
            var part = partition;
            var records = await WholeAsync(from =>
                cluster.Choose(random) is { } slot
                    ? PageAsync(slot, topic, part, from, waitSeconds: 0, isLast: true)
                    : Task.FromResult<Page?>(null)
            );
            if (records is null)
                return false;
            records.ForEach(recorder.Add);
        }

        return true;
    }

    /// <summary>
    /// All pages from the earliest record on, one behind the other; null when one could not be read. Then the others do not count: what
    /// retention removes before they are read again would be missing between them and the rest.
    /// </summary>
    internal static async Task<List<SeenRecord>?> WholeAsync(Func<string, Task<Page?>> read)
    {
        var all = new List<SeenRecord>();
        // Where a partition ends, a process knows from memory; that it ends, storage says.
        for (var (from, count) = ("earliest", 1); count > 0; )
        {
            if (await read(from) is not { } page)
                return null;
            all.AddRange(page.Records);
            (from, count) = (page.Next.ToString(CultureInfo.InvariantCulture), page.Records.Count);
        }

        return all;
    }

    private async Task<Page?> PageAsync(AppSlot slot, TopicSpec topic, int partition, string from, int waitSeconds, bool isLast)
    {
        var call = await client.SendAsync(
            slot,
            HttpMethod.Get,
            $"{topic.Url}/partitions/{partition}/records?from={from}&waitSeconds={waitSeconds}"
        );
        if (call.Ending != Ending.Ok)
            return null;
        var records = new List<SeenRecord>();
        foreach (var record in call.Json!["records"]!.AsArray())
        {
            records.Add(
                new SeenRecord(
                    new RecordPlace(topic.Name, partition, record!["offset"]!.GetValue<long>()),
                    record["attributes"]![Message.KeyAttribute]!.GetValue<string>(),
                    isLast || record["bodyUrl"] is null ? await Receiving.DigestAsync(slot, record) : null,
                    isLast
                )
            );
        }

        return new Page(records, call.Json["nextOffset"]!.GetValue<long>());
    }

    internal sealed record Page(IReadOnlyList<SeenRecord> Records, long Next);
}
