using FuncQueue.Chaos.Cluster;
using FuncQueue.Chaos.Inside;
using FuncQueue.Chaos.Workload;

namespace FuncQueue.Chaos.Nemeses;

/// <summary>Makes storage fail: for some processes in all the ways of <see cref="StorageFaultKind"/>, or for all by stopping it.</summary>
internal sealed class StorageNemesis(AppCluster cluster, Tally tally, Random random)
{
    private static readonly StorageFaultKind[] AllKinds = Enum.GetValues<StorageFaultKind>();

    private static readonly (string Name, StorageFaultKind[] Kinds, double Probability)[] Storms =
    [
        ("throttling", [StorageFaultKind.Throttled], 0.5),
        ("throttling afterwards", [StorageFaultKind.Throttled, StorageFaultKind.ThrottledAfter], 0.3),
        ("errors", [StorageFaultKind.ErrorBefore, StorageFaultKind.ErrorAfter], 0.3),
        ("lost answers", [StorageFaultKind.LostAnswer, StorageFaultKind.LostRequest], 0.2),
        ("late arrivals", [StorageFaultKind.LateArrival], 0.15),
        ("lost in a row", [StorageFaultKind.LostInARow], 0.1),
        ("no connection", [StorageFaultKind.Refused], 0.6),
        ("slowness", [StorageFaultKind.SlowRequest, StorageFaultKind.SlowAnswer], 0.3),
        ("contention", [StorageFaultKind.Contended], 0.6),
        ("everything", AllKinds, 0.25),
    ];

    public async Task RunAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            await Pauses.WaitAsync(TimeSpan.FromMilliseconds(random.Next(200, 2000)), stopping);
            if (random.Next(12) == 0)
                await RestartAsync(stopping);
            else
                await StormAsync(stopping);
            tally.Now.TryRemove("storage", out _);
        }
    }

    /// <summary>Ends every storm.</summary>
    public async Task CalmAsync()
    {
        foreach (var slot in cluster.Slots)
            await OrderAsync(
                slot,
                new Storm
                {
                    Kinds = AllKinds,
                    Probability = 0,
                    Seconds = 0,
                    Seed = 0,
                }
            );
    }

    private async Task StormAsync(CancellationToken stopping)
    {
        var (name, kinds, probability) = Storms[random.Next(Storms.Length)];
        var seconds = 1 + (random.NextDouble() * 5);
        var slots = random.Next(2) == 0 ? cluster.Slots : [cluster.Slots[random.Next(cluster.Slots.Count)]];
        tally.Now["storage"] = $"{name} for {(slots.Count == 1 ? $"{slots[0].Number}" : "all")}";
        foreach (var slot in slots)
            await OrderAsync(
                slot,
                new Storm
                {
                    Kinds = kinds,
                    Probability = probability,
                    Seconds = seconds,
                    Seed = random.Next(),
                }
            );
        tally.Count("storms");
        await Pauses.WaitAsync(TimeSpan.FromSeconds(seconds), stopping);
        // What they met is heard of with the answer.
        foreach (var slot in slots)
            await OrderAsync(slot, null);
    }

    private async Task RestartAsync(CancellationToken stopping)
    {
        tally.Now["storage"] = "stopped";
        await cluster.Storage.StopAsync();
        tally.Count("storageRestarts");
        await Pauses.WaitAsync(TimeSpan.FromMilliseconds(random.Next(100, 2500)), stopping);
        await cluster.Storage.StartAgainAsync();
    }

    private static async Task OrderAsync(AppSlot slot, Storm? storm)
    {
        if (slot.Client is null)
            return;
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        try
        {
            await slot.OrderAsync(new Orders { Storm = storm }, patience.Token);
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException)
        {
            // It is stopped, or has just been killed.
        }
    }
}
