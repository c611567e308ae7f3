using System.Text.RegularExpressions;
using FuncQueue.Chaos.Histories;

namespace FuncQueue.Chaos.Cluster;

/// <summary>Several FuncQueue processes on one storage.</summary>
internal sealed partial class AppCluster : IAsyncDisposable
{
    /// <summary>
    /// Everything that happens after minutes or hours by default happens within seconds here: so that each run is full of sweeps, of
    /// uploads that are given up and of leases that end.
    /// </summary>
    private static readonly Dictionary<string, string> Settings = new()
    {
        ["RedeliverExpiredLeasesSchedule"] = "*/2 * * * * *",
        ["DeadLetterPoisonMessagesSchedule"] = "*/2 * * * * *",
        ["SweepStorageSchedule"] = "*/3 * * * * *",
        ["ForwardSubscriptionsSchedule"] = "*/3 * * * * *",
        ["FuncQueue__StorageTimeout"] = "00:00:03",
        ["FuncQueue__UploadTimeout"] = "00:00:08",
        ["FuncQueue__MinRecordAge"] = "00:00:04",
        ["FuncQueue__SettingsCacheTime"] = "00:00:02",
        ["FuncQueue__MaxMessagesPerRow"] = "16",
    };

    private AppCluster(StorageServer storage, IReadOnlyList<AppSlot> slots)
    {
        Storage = storage;
        Slots = slots;
    }

    public StorageServer Storage { get; }

    public IReadOnlyList<AppSlot> Slots { get; }

    /// <param name="clockBound">The clocks of any two processes differ by no more.</param>
    /// <param name="more">Further settings of the processes.</param>
    public static async Task<AppCluster> StartAsync(
        int processes,
        TimeSpan clockBound,
        Random random,
        IReadOnlyDictionary<string, string>? more = null
    )
    {
        var storage = await StorageServer.StartAsync();
        var settings = Settings
            .Concat(more ?? new Dictionary<string, string>())
            .GroupBy(s => s.Key)
            .ToDictionary(g => g.Key, g => g.Last().Value);
        var slots = Enumerable
            .Range(0, processes)
            .Select(i => new AppSlot(i, storage.ConnectionString, clockBound * (random.NextDouble() - 0.5), settings))
            .ToList();
        var cluster = new AppCluster(storage, slots);
        try
        {
            // One after the other: they are many, and this machine is small.
            foreach (var slot in slots)
                await slot.StartAsync();
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>Any of the processes that run, as a load balancer chooses; null when none does.</summary>
    public AppSlot? Choose(Random random)
    {
        var running = Slots.Where(s => s.Client is not null).ToList();
        return running.Count == 0 ? null : running[random.Next(running.Count)];
    }

    /// <summary>Errors in the processes' logs, of which there must be none, whatever storage does.</summary>
    public IEnumerable<string> LoggedErrors() =>
        from slot in Slots
        from Match match in ErrorLine().Matches(slot.Output)
        select $"Process {slot.Number} logged: {match.Value}";

    /// <summary>
    /// Receipts and bodies (each of which begins with its message's key) in the processes' logs, where they have no business.
    /// </summary>
    public IEnumerable<string> Leaks(History history)
    {
        var secrets = history
            .Received.SelectMany(r => r.Deliveries)
            .SelectMany(d => new[] { d.Lease, d.Key })
            .Where(s => s.Length > 0)
            .ToHashSet(StringComparer.Ordinal);
        return from slot in Slots
            from line in slot.Output.Split('\n')
            from word in Word().Matches(line).Select(m => m.Value)
            where secrets.Contains(word)
            select $"Process {slot.Number} logged {word}: {line}";
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var slot in Slots)
            await slot.DisposeAsync();
        await Storage.DisposeAsync();
    }

    [GeneratedRegex("[A-Za-z0-9_-]+")]
    private static partial Regex Word();

    // The console logger's form: level and category, then the message, perhaps an exception.
    [GeneratedRegex(@"^([0-9:. ]*)(fail|crit): .*\n(\s+.*\n?){0,12}", RegexOptions.Multiline)]
    private static partial Regex ErrorLine();
}
