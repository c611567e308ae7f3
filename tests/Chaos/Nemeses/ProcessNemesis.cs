using FuncQueue.Chaos.Cluster;
using FuncQueue.Chaos.Workload;

namespace FuncQueue.Chaos.Nemeses;

/// <summary>Does things to one process at a time, and puts them right again before it ends.</summary>
internal sealed class ProcessNemesis(AppCluster cluster, Tally tally, Random random)
{
    /// <summary>
    /// Beyond 2 s claims must stop; storage's clock is read in whole seconds, from answers that may take some themselves.
    /// </summary>
    private const int MinWrongSeconds = 5;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public async Task RunAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            await Pauses.WaitAsync(Milliseconds(300, 2500), stopping);
            var slot = cluster.Slots[random.Next(cluster.Slots.Count)];
            switch (random.Next(100))
            {
                case < 40:
                    await KillAsync(slot, stopping);
                    break;
                case < 75:
                    await StallAsync(slot, stopping);
                    break;
                case < 90:
                    await SetWrongClockAsync(slot, stopping);
                    break;
                default:
                    await StopAsync(slot, stopping);
                    break;
            }

            tally.Now.TryRemove("process", out _);
        }
    }

    private async Task KillAsync(AppSlot slot, CancellationToken stopping)
    {
        tally.Now["process"] = $"kill {slot.Number}";
        await slot.KillAsync();
        tally.Count("kills");
        await Pauses.WaitAsync(Milliseconds(0, 2000), stopping);
        await slot.StartAsync();
    }

    private async Task StopAsync(AppSlot slot, CancellationToken stopping)
    {
        tally.Now["process"] = $"stop {slot.Number}";
        await slot.StopAsync();
        tally.Count("stops");
        await Pauses.WaitAsync(Milliseconds(0, 1000), stopping);
        await slot.StartAsync();
    }

    /// <summary>
    /// The process stands still, mostly for longer than the leases that it gave, and then goes on with what it was about to do.
    /// </summary>
    private async Task StallAsync(AppSlot slot, CancellationToken stopping)
    {
        tally.Now["process"] = $"stall {slot.Number}";
        await slot.PauseAsync();
        tally.Count("stalls");
        await Pauses.WaitAsync(Milliseconds(1500, 8000), stopping);
        await slot.ContinueAsync();
    }

    /// <summary>
    /// The clock jumps beyond what is tolerated; once the process knows it, it must hand out nothing until the clock is right.
    /// </summary>
    private async Task SetWrongClockAsync(AppSlot slot, CancellationToken stopping)
    {
        tally.Now["process"] = $"clock {slot.Number}";
        var offset = TimeSpan.FromSeconds(random.Next(MinWrongSeconds, 12) * (random.Next(2) == 0 ? 1 : -1));
        using var patience = new CancellationTokenSource(Patience);
        DateTimeOffset? known = null;
        try
        {
            await slot.SetClockAsync(offset, patience.Token);
            tally.Count("wrongClocks");
            while (!await slot.KnowsClockIsOffAsync(patience.Token))
                await Pauses.WaitAsync(Milliseconds(20, 50), patience.Token);
            known = TimeProvider.System.GetUtcNow();
            slot.KnowOff(known.Value, DateTimeOffset.MaxValue);
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException)
        {
            // A storm may keep it from answering in time; the clock is put right below all the same.
        }

        await Pauses.WaitAsync(Milliseconds(1000, 5000), stopping);
        if (known is { } since)
            slot.KnowOff(since, TimeProvider.System.GetUtcNow());
        await SetRightAsync(slot);
    }

    private static async Task SetRightAsync(AppSlot slot)
    {
        using var patience = new CancellationTokenSource(Patience * 3);
        await slot.SetClockRightAsync(patience.Token);
    }

    private TimeSpan Milliseconds(int from, int to) => TimeSpan.FromMilliseconds(random.Next(from, to));
}
