using System.Text.Json.Nodes;
using Azure;
using Azure.Data.Tables;
using Azure.Storage.Blobs;
using FuncQueue.Chaos.Cluster;
using FuncQueue.Chaos.Histories;
using FuncQueue.Chaos.Workload;

namespace FuncQueue.Chaos.Runs;

/// <summary>
/// After the storm: waits for leases to end, compares counts and lists, redrives the dead letters, receives and acks everything, looks
/// at what is left, removes the dead letters and waits for the sweep to collect the payloads.
/// </summary>
internal sealed class Drain(
    AppCluster cluster,
    QueueClient client,
    Recorder recorder,
    IReadOnlyList<QueueSpec> queues,
    Action<string> progress
)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private readonly Random random = new(0);
    private readonly Redriving redriving = new(client, recorder);

    public IReadOnlyList<string> OrphanBlobs { get; private set; } = [];

    /// <summary>Other queues have payloads: those left say nothing.</summary>
    public bool ExpectsBlobs { get; init; }

    public async Task RunAsync()
    {
        foreach (var queue in queues)
        {
            await QuietAsync(queue);
            recorder.Add(await LookAsync(queue, "After the storm", isLast: false));
            await UntilAsync(async () => (await AskAsync(slot => redriving.RedriveAsync(slot, queue)))["remaining"]!.GetValue<long>() == 0);
        }

        await Task.WhenAll(queues.Select(ReceiveEverythingAsync));
        foreach (var queue in queues)
        {
            recorder.Add(await LookAsync(queue, "In the end", isLast: true));
            await UntilAsync(async () => (await PostAsync($"{queue.Url}/deadletter/purge"))["complete"]!.GetValue<bool>());
        }

        if (ExpectsBlobs)
            return;
        progress("Drained; waiting for the last sweep.");
        await UntilAsync(async () => (OrphanBlobs = await BlobsAsync()).Count == 0);
    }

    /// <summary>Waits until no lease and no delay is left.</summary>
    private Task QuietAsync(QueueSpec queue) => UntilAsync(async () => await CountAsync(queue) is { Leased: 0, Scheduled: 0 });

    private async Task ReceiveEverythingAsync(QueueSpec queue)
    {
        var (receiving, settling) = (new Receiving(client, recorder), new Settling(client, recorder));
        await UntilAsync(async () =>
        {
            var slot = cluster.Choose(random)!;
            var deliveries = await receiving.DequeueAsync(slot, queue, 100, 0, TimeSpan.FromSeconds(20));
            if (deliveries.Count > 0 && !queue.AtMostOnce)
                await settling.SettleAsync(cluster.Choose(random)!, queue, Verb.Ack, deliveries);
            return deliveries.Count == 0 && await CountAsync(queue) is { Ready: 0, Leased: 0, Scheduled: 0 };
        });
    }

    /// <summary>
    /// Counts and lists, which must be the same for whoever looks long enough: the sweep may be at work between the two, and a lease that
    /// the storm delayed may still arrive, for nobody.
    /// </summary>
    private async Task<Remains> LookAsync(QueueSpec queue, string when, bool isLast)
    {
        Remains? found = null;
        await UntilAsync(async () =>
        {
            var counts = await CountAsync(queue);
            found = new Remains
            {
                Queue = queue.Name,
                When = when,
                IsLast = isLast,
                Counts = counts,
                Live =
                [
                    .. (await ListAsync($"{queue.Url}/messages"))
                        .Concat(await ListAsync($"{queue.Url}/scheduled"))
                        .Select(m => m["messageId"]!.GetValue<string>()),
                ],
                DeadLetters = await DeadLettersAsync(queue),
            };
            return counts.Leased == 0
                && found.Live.Count == counts.Ready + counts.Scheduled
                && found.DeadLetters.Count == counts.DeadLettered;
        });
        return found!;
    }

    private async Task<IReadOnlyList<DeadLetter>> DeadLettersAsync(QueueSpec queue)
    {
        var letters = new List<DeadLetter>();
        foreach (var message in await ListAsync($"{queue.Url}/deadletter/messages"))
        {
            letters.Add(
                new DeadLetter(
                    message["messageId"]!.GetValue<string>(),
                    message["attributes"]![Message.KeyAttribute]!.GetValue<string>(),
                    await Receiving.DigestAsync(cluster.Slots[0], message),
                    message["deadLetterReason"]?.GetValue<string>(),
                    message["deliveryCount"]!.GetValue<int>(),
                    message["originalMessageId"]?.GetValue<string>()
                )
            );
        }

        return letters;
    }

    private async Task<Counts> CountAsync(QueueSpec queue)
    {
        var counts = (await GetAsync(queue.Url))["counts"]!;
        return new Counts(Of("ready"), Of("leased"), Of("scheduled"), Of("deadLettered"));

        long Of(string name) => counts[name]!.GetValue<long>();
    }

    private async Task<List<JsonNode>> ListAsync(string url)
    {
        var all = new List<JsonNode>();
        for (string? more = ""; more is not null; )
        {
            var page = await GetAsync($"{url}?maxMessages=100{more}");
            all.AddRange(page["messages"]!.AsArray().Select(m => m!));
            more = page["continuation"]?.GetValue<string>() is { } continuation
                ? "&continuation=" + Uri.EscapeDataString(continuation)
                : null;
        }

        return all;
    }

    private Task<JsonNode> GetAsync(string url) => AskAsync(slot => client.SendAsync(slot, HttpMethod.Get, url));

    private Task<JsonNode> PostAsync(string url) => AskAsync(slot => client.PostJsonAsync(slot, url, new JsonObject()));

    /// <summary>Nothing fails any more, but a process may be busy finding that out.</summary>
    private async Task<JsonNode> AskAsync(Func<AppSlot, Task<Call>> ask)
    {
        JsonNode? answer = null;
        await UntilAsync(async () =>
        {
            var call = await ask(cluster.Choose(random)!);
            answer = call.Json;
            return call.Ending == Ending.Ok;
        });
        return answer!;
    }

    private async Task<IReadOnlyList<string>> BlobsAsync()
    {
        var names = new List<string>();
        // What a deleted queue has left is looked after for an hour.
        var tables = new HashSet<string>(StringComparer.Ordinal);
        await foreach (var table in new TableServiceClient(cluster.Storage.ConnectionString).QueryAsync())
            tables.Add(table.Name);
        try
        {
            await foreach (var blob in new BlobContainerClient(cluster.Storage.ConnectionString, "funcqueue-payloads").GetBlobsAsync())
            {
                if (tables.Contains(blob.Name.Split('/')[0]))
                    names.Add(blob.Name);
            }
        }
        catch (RequestFailedException exception) when (exception.Status == 404)
        {
            // Made with the first payload.
        }

        return names;
    }

    /// <summary>Repeats until it is so, or patience ends: then what is there is what the checker sees.</summary>
    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (!await condition() && TimeProvider.System.GetElapsedTime(began) < Patience)
            await Pauses.WaitAsync(TimeSpan.FromMilliseconds(50), CancellationToken.None);
    }
}
