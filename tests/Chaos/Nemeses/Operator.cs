using FuncQueue.Chaos.Cluster;
using FuncQueue.Chaos.Histories;
using FuncQueue.Chaos.Workload;

namespace FuncQueue.Chaos.Nemeses;

/// <summary>Does what operators do while a queue is in use: redrives dead letters, adds shards, looks around.</summary>
internal sealed class Operator(
    AppCluster cluster,
    QueueClient client,
    Redriving redriving,
    IReadOnlyList<QueueSpec> queues,
    Tally tally,
    Random random
)
{
    private const int MaxShards = 4;

    private readonly Dictionary<string, int> shards = queues.ToDictionary(q => q.Name, q => q.Shards);

    public async Task RunAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            await Pauses.WaitAsync(TimeSpan.FromMilliseconds(random.Next(500, 3000)), stopping);
            if (cluster.Choose(random) is not { } slot)
                continue;
            var queue = queues[random.Next(queues.Count)];
            switch (random.Next(10))
            {
                case < 4:
                    await RedriveAsync(slot, queue);
                    tally.Count("redrives");
                    break;
                // A change of a queue that has just been deleted would make one of that name, of other settings.
                case < 6 when queue is { IsFifo: false, IsMortal: false } && shards[queue.Name] < MaxShards:
                    var more = new StringContent(
                        $$"""{"shards":{{shards[queue.Name] + 1}}}""",
                        new System.Net.Http.Headers.MediaTypeHeaderValue("application/json")
                    );
                    if ((await client.SendAsync(slot, HttpMethod.Put, queue.Url, more, stopping)).Ending == Ending.Ok)
                        shards[queue.Name]++;
                    break;
                case < 8:
                    await client.SendAsync(slot, HttpMethod.Get, queue.Url, cancellationToken: stopping);
                    break;
                default:
                    await client.SendAsync(slot, HttpMethod.Get, $"{queue.Url}/deadletter/messages", cancellationToken: stopping);
                    break;
            }
        }
    }

    /// <summary>All of a queue, or those that a filter means; the latter to another queue, too.</summary>
    private Task<Call> RedriveAsync(AppSlot slot, QueueSpec queue)
    {
        var most = random.Next(1, 20);
        if (!queue.RedrivesSome && random.Next(2) == 0)
            return redriving.RedriveAsync(slot, queue, most);
        var others = queues.Where(q => q is { IsMortal: false, AtMostOnce: false, IsFed: false } && q != queue).ToList();
        var mayLeave = queue is { IsMortal: false, AtMostOnce: false, IsFed: false } && random.Next(3) == 0;
        return redriving.RedriveAsync(slot, queue, most, QueueSpec.SomeKeys, mayLeave ? others[random.Next(others.Count)] : null);
    }
}
