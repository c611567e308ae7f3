using System.Text.Json.Nodes;
using FuncQueue.Chaos.Cluster;
using FuncQueue.Chaos.Histories;
using FuncQueue.Chaos.Workload;

namespace FuncQueue.Chaos.Nemeses;

/// <summary>
/// Does what people do with single messages of queues that are in use: makes dead letters live again, as they are or edited, here or in
/// another queue, and removes messages; each call through any process, and one now and then through two at once.
/// </summary>
internal sealed class Support(
    AppCluster cluster,
    QueueClient client,
    Recorder recorder,
    IReadOnlyList<QueueSpec> queues,
    Tally tally,
    Random random
)
{
    private int edits;

    public async Task RunAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            await Pauses.WaitAsync(TimeSpan.FromMilliseconds(random.Next(50, 500)), stopping);
            var dead = random.Next(5) > 0;
            var from = random.Next(queues.Count);
            for (var i = 0; i < queues.Count && !await DoSomethingAsync(queues[(from + i) % queues.Count], dead); i++) { }
        }
    }

    /// <summary>False: the queue has no such messages.</summary>
    private async Task<bool> DoSomethingAsync(QueueSpec queue, bool dead)
    {
        if (await FindAsync(queue, dead) is not { } found)
            return false;
        var calls = random.Next(6) == 0 ? 2 : 1;
        await Task.WhenAll(Enumerable.Range(0, calls).Select(_ => DoSomethingAsync(queue, dead, found)));
        return true;
    }

    private async Task<Found?> FindAsync(QueueSpec queue, bool dead)
    {
        if (cluster.Choose(random) is not { } slot)
            return null;
        var call = await client.SendAsync(slot, HttpMethod.Get, $"{queue.Url}/{(dead ? "deadletter/" : "")}messages?maxMessages=20");
        if (call.Json?["messages"]?.AsArray() is not { Count: > 0 } messages)
            return null;
        var one = messages[random.Next(messages.Count)]!;
        return new Found(
            one["messageId"]!.GetValue<string>(),
            one["attributes"]![Message.KeyAttribute]!.GetValue<string>(),
            one["originalMessageId"]?.GetValue<string>()
        );
    }

    private async Task DoSomethingAsync(QueueSpec queue, bool dead, Found found)
    {
        if (cluster.Choose(random) is not { } slot)
            return;
        if (!dead || random.Next(5) == 0)
            await RemoveAsync(slot, queue, dead, found);
        else
            await ResubmitAsync(slot, queue, found);
    }

    private async Task RemoveAsync(AppSlot slot, QueueSpec queue, bool dead, Found found)
    {
        var call = await client.SendAsync(slot, HttpMethod.Delete, $"{queue.Url}/{(dead ? "deadletter/" : "")}messages/{found.Id}");
        recorder.Add(
            new Removed
            {
                Queue = queue.Name,
                MessageId = found.Id,
                OriginalMessageId = found.OriginalId,
                IsDead = dead,
                Began = call.Began,
                Ended = call.Ended,
                Ending = call.Ending,
                NotFound = call.Code == "message-not-found",
                ClockAhead = slot.Clock.MostAhead(call.Began, call.Ended),
            }
        );
        tally.Count("removals");
    }

    private async Task ResubmitAsync(AppSlot slot, QueueSpec queue, Found found)
    {
        // What goes to a queue that is deleted, or received with mode=delete, could not be told from what is lost.
        var others = queues.Where(q => q is { IsMortal: false, AtMostOnce: false } && q != queue).ToList();
        var to = queue.IsMortal || queue.AtMostOnce || random.Next(2) == 0 ? queue : others[random.Next(others.Count)];
        var json = new JsonObject();
        Message? edited = null;
        if (random.Next(2) == 0)
        {
            var length = random.Next(6) == 0 && !to.AtMostOnce ? random.Next(33_000, 60_000) : random.Next(10, 2000);
            edited = Message.Create($"{found.Key}\nedit {Interlocked.Increment(ref edits)}", length, isText: false, random);
            json["bodyBase64"] = Convert.ToBase64String(edited.Body);
        }

        if (random.Next(3) == 0)
            json["contentType"] = "application/x-mended";
        if (to != queue)
            json["to"] = to.Name;
        var call = await client.PostJsonAsync(slot, $"{queue.Url}/deadletter/messages/{found.Id}/resubmit", json);
        recorder.Add(
            new Revival
            {
                Queue = queue.Name,
                To = to.Name,
                Began = call.Began,
                Ended = call.Ended,
                Ending = call.Ending,
                MessageId = found.Id,
                OriginalMessageId = found.OriginalId,
                KeyPrefix = found.Key,
                Digest = edited?.Digest,
                NewId = call.Ending == Ending.Ok ? call.Json!["messageId"]!.GetValue<string>() : null,
            }
        );
        tally.Count("resubmissions");
    }

    private sealed record Found(string Id, string Key, string? OriginalId);
}
