using System.Net.Http.Headers;
using FuncQueue.Chaos.Cluster;
using FuncQueue.Chaos.Histories;
using FuncQueue.Chaos.Workload;

namespace FuncQueue.Chaos.Nemeses;

/// <summary>Deletes a queue that is in use, through any process, and makes it again at once.</summary>
/// <param name="subscription">By which a topic forwards to it; null: none does.</param>
internal sealed class Undertaker(
    AppCluster cluster,
    QueueClient client,
    Recorder recorder,
    QueueSpec queue,
    Tally tally,
    Random random,
    MortalSubscription? subscription = null
)
{
    public async Task RunAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            await Pauses.WaitAsync(TimeSpan.FromMilliseconds(random.Next(500, 5000)), stopping);
            if (!stopping.IsCancellationRequested)
                await RenewAsync();
        }
    }

    /// <summary>Goes on until each outcome is known: what a run ends with is a queue.</summary>
    private async Task RenewAsync()
    {
        var began = TimeProvider.System.GetUtcNow();
        var deleted = await UntilKnownAsync(
            slot => client.SendAsync(slot, HttpMethod.Delete, queue.Url),
            call => call.Ending == Ending.Ok || call.Code == "queue-not-found"
        );
        recorder.Add(new Deletion(queue.Name, began, deleted.Ended));
        subscription?.End(began, deleted.Ended);
        tally.Count("deletions");
        await UntilKnownAsync(
            slot =>
                client.SendAsync(
                    slot,
                    HttpMethod.Put,
                    queue.Url,
                    new StringContent(queue.Settings, new MediaTypeHeaderValue("application/json"))
                ),
            call => call.Ending == Ending.Ok
        );
        if (subscription is not null)
            await subscription.BeginAsync();
    }

    private async Task<Call> UntilKnownAsync(Func<AppSlot, Task<Call>> ask, Func<Call, bool> isKnown)
    {
        while (true)
        {
            if (cluster.Choose(random) is { } slot && await ask(slot) is var call && isKnown(call))
                return call;
            await Pauses.WaitAsync(TimeSpan.FromMilliseconds(random.Next(20, 200)), CancellationToken.None);
        }
    }
}
