using FuncQueue.Chaos.Checking;
using FuncQueue.Chaos.Cluster;
using FuncQueue.Chaos.Histories;
using FuncQueue.Chaos.Runs;
using FuncQueue.Chaos.Workload;

namespace FuncQueue.Chaos.Overload;

/// <summary>What to burden one process with.</summary>
internal sealed record OverloadOptions
{
    public int Connections { get; init; } = 2000;

    public int Uploads { get; init; } = 32;

    public long UploadBytes { get; init; } = 100L * 1024 * 1024;

    /// <summary>After so many bytes of each body the caller hangs up.</summary>
    public long SentOfEachUpload { get; init; } = 100L * 1024 * 1024;

    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Settings of the process.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();
}

/// <summary>How one process fared.</summary>
/// <param name="Refusals">By code.</param>
/// <param name="Uploaded">Large bodies that were taken.</param>
internal sealed record OverloadResult(
    Verdict Verdict,
    History History,
    long StartMebibytes,
    long PeakMebibytes,
    IReadOnlyDictionary<string, long> Refusals,
    long Uploaded
);

/// <summary>Many more callers than one process can serve, on as many connections, and large bodies on some more.</summary>
internal sealed class OverloadRun(OverloadOptions options, Action<string> progress)
{
    private static readonly QueueSpec Queue = new()
    {
        Name = "work",
        VisibilityTimeout = TimeSpan.FromSeconds(20),
        MaxDeliveryCount = 100,
    };
    private static readonly QueueSpec Large = new()
    {
        Name = "large",
        VisibilityTimeout = TimeSpan.FromSeconds(20),
        MaxDeliveryCount = 100,
    };

    public async Task<OverloadResult> RunAsync()
    {
        var recorder = new Recorder();
        var client = new QueueClient(recorder);
        await using var cluster = await AppCluster.StartAsync(1, TimeSpan.Zero, new Random(0), options.Settings);
        var slot = cluster.Slots[0];
        foreach (var queue in new[] { Queue, Large })
            await client.SendAsync(
                slot,
                HttpMethod.Put,
                queue.Url,
                new StringContent(queue.Settings, new System.Net.Http.Headers.MediaTypeHeaderValue("application/json"))
            );
        var start = ProcessMemory.NowMebibytes(slot.ProcessId);
        using var stop = new CancellationTokenSource();
        var crowd = new List<Task>();
        for (var i = 0; i < options.Connections / 2; i++)
        {
            crowd.Add(new Producer(i, cluster, client, recorder, [Queue], new Random(i)).RunAsync(stop.Token));
            crowd.Add(
                new Consumer(
                    cluster,
                    new Receiving(client, recorder),
                    new Settling(client, recorder),
                    [Queue],
                    new Random(-i - 1)
                ).RunAsync(stop.Token)
            );
        }

        var uploads = Enumerable.Range(0, options.Uploads).Select(_ => UploadAsync(slot)).ToList();
        await WatchAsync(slot, recorder, Task.WhenAll(uploads));
        await stop.CancelAsync();
        await Task.WhenAll(crowd);
        var uploaded = (await Task.WhenAll(uploads)).Count(taken => taken);
        var peak = ProcessMemory.PeakMebibytes(slot.ProcessId);
        var refusals = new Dictionary<string, long>(client.Refusals);
        progress("Draining.");
        await new Drain(cluster, client, recorder, [Queue], progress) { ExpectsBlobs = uploaded > 0 }.RunAsync();
        foreach (var error in cluster.LoggedErrors())
            recorder.AddStrange(error);
        var history = recorder.ToHistory([Queue.Rules], []);
        return new OverloadResult(Checker.Check(history), history, start, peak, refusals, uploaded);
    }

    private async Task WatchAsync(AppSlot slot, Recorder recorder, Task uploads)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(began) < options.Duration || !uploads.IsCompleted)
        {
            await Pauses.WaitAsync(TimeSpan.FromSeconds(1), CancellationToken.None);
            var (sent, acknowledged, delivered) = recorder.Totals;
            progress(
                $"{TimeProvider.System.GetElapsedTime(began):mm\\:ss}  {ProcessMemory.NowMebibytes(slot.ProcessId)} MiB  sent "
                    + $"{sent}  acknowledged {acknowledged}  delivered {delivered}"
            );
        }
    }

    /// <summary>One large body; true when it was taken.</summary>
    private async Task<bool> UploadAsync(AppSlot slot)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, $"{Large.Url}/messages")
            {
                Content = new LargeBody(options.UploadBytes, options.SentOfEachUpload),
            };
            using var response = await slot.Client!.SendAsync(request);
            return response.IsSuccessStatusCode;
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            // The caller hung up, or was refused while it still sent.
            return false;
        }
    }
}
