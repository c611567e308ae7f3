using System.Collections.Concurrent;
using FuncQueue.Worker.Tests.Support;

namespace FuncQueue.Worker.Tests.Lives;

/// <summary>A worker that is told to stop, and one that is killed, amid calls: what was acknowledged holds.</summary>
public sealed class WorkerEndTests(WorkerFixture app)
{
    private const int Producers = 4;

    [Fact]
    public async Task A_worker_that_is_told_to_stop_lets_long_polls_go_and_loses_nothing()
    {
        await using var stopping = await WorkerApp.StartAsync(app.Environment([]));
        var client = new ApiClient(stopping.Address, app.Client.Key);
        var (queue, idle) = (await client.QueueAsync(), await client.QueueAsync());
        var polls = Enumerable.Range(0, 3).Select(_ => client.Http.PostAsync(idle + "/messages/dequeue?waitSeconds=20", null)).ToList();
        await Until.TrueAsync(() => Task.FromResult(stopping.Host.InvocationsUnderWay == polls.Count), "the polls are under way");
        var acknowledged = new ConcurrentDictionary<string, bool>();
        using var enough = new CancellationTokenSource();
        var producing = Enumerable.Range(0, Producers).Select(p => ProduceAsync(client, queue, p, acknowledged, enough.Token)).ToList();
        await Until.TrueAsync(() => Task.FromResult(acknowledged.Count > 20), "messages are sent");
        (await stopping.Host.TerminateWorkerAsync()).ShouldBe(0);
        await enough.CancelAsync();
        await Task.WhenAll(producing);
        foreach (var poll in polls)
        {
            using var response = await poll;
            response.StatusCode.ShouldBe(HttpStatusCode.OK);
            JsonNode.Parse(await response.Content.ReadAsStringAsync())!["messages"]!.AsArray().ShouldBeEmpty();
        }

        // What came after the worker's services had gone has called no function.
        stopping.Faults.Where(fault => !fault.Contains("Object name: 'IServiceProvider'", StringComparison.Ordinal)).ShouldBeEmpty();
        await AllComeAsync(app.Client, queue, acknowledged.Keys);
    }

    [Fact]
    public async Task A_worker_that_is_killed_amid_calls_loses_nothing_that_it_acknowledged_and_its_successor_goes_on()
    {
        await using var killed = await WorkerApp.StartAsync(app.Environment([]));
        var client = new ApiClient(killed.Address, app.Client.Key);
        var queue = await client.QueueAsync("""{"visibilityTimeoutSeconds":2,"maxDeliveryCount":null}""");
        var (acknowledged, acking, done) = (
            new ConcurrentDictionary<string, bool>(),
            new ConcurrentDictionary<string, bool>(),
            new ConcurrentDictionary<string, bool>()
        );
        using var enough = new CancellationTokenSource();
        var working = Enumerable
            .Range(0, Producers)
            .Select(p => ProduceAsync(client, queue, p, acknowledged, enough.Token))
            .Append(ConsumeAsync(client, queue, acking, done, enough.Token))
            .ToList();
        for (var kill = 0; kill < 3; kill++)
        {
            var (sent, acked) = (acknowledged.Count, done.Count);
            await Until.TrueAsync(
                () => Task.FromResult(acknowledged.Count > sent + 20 && done.Count > acked + 2),
                "messages are sent and acked"
            );
            await killed.Host.KillWorkerAsync();
            await killed.Host.StartWorkerAsync();
        }

        await enough.CancelAsync();
        await Task.WhenAll(working);
        (await client.GetAsync("/health")).Status.ShouldBe(HttpStatusCode.OK);
        // An ack whose answer the kill cut off may have taken its message, or not.
        var came = await AllComeAsync(client, queue, acknowledged.Keys.Except(acking.Keys));
        came.Intersect(done.Keys).ShouldBeEmpty("an acknowledged ack is for good");
    }

    /// <summary>Sends one message after the other, and notes those that were acknowledged.</summary>
    private static async Task ProduceAsync(
        ApiClient client,
        string queue,
        int producer,
        ConcurrentDictionary<string, bool> acknowledged,
        CancellationToken enough
    )
    {
        for (var i = 0; !enough.IsCancellationRequested; i++)
        {
            var body = $"{producer}-{i}";
            using var response = await TryAsync(() => client.Http.PostAsync(queue + "/messages", new StringContent(body)), enough);
            if (response?.StatusCode == HttpStatusCode.Created)
                acknowledged[body] = true;
        }
    }

    /// <summary>Takes one message after the other, and notes which it begins to ack and which acks were acknowledged.</summary>
    private static async Task ConsumeAsync(
        ApiClient client,
        string queue,
        ConcurrentDictionary<string, bool> acking,
        ConcurrentDictionary<string, bool> done,
        CancellationToken enough
    )
    {
        while (!enough.IsCancellationRequested)
        {
            using var response = await TryAsync(() => client.Http.PostAsync(queue + "/messages/dequeue?waitSeconds=1", null), enough);
            if (
                response?.StatusCode != HttpStatusCode.OK
                || JsonNode.Parse(await response.Content.ReadAsStringAsync(CancellationToken.None))!["messages"]!.AsArray()
                    is not [{ } message]
            )
                continue;
            acking[message["body"]!.GetValue<string>()] = true;
            var body = $$"""{"receipts":["{{message["receipt"]!.GetValue<string>()}}"]}""";
            using var settled = await TryAsync(() => client.Http.PostAsync(queue + "/messages/ack", ApiClient.Json(body)), enough);
            if (
                settled?.StatusCode == HttpStatusCode.OK
                && JsonNode.Parse(await settled.Content.ReadAsStringAsync(CancellationToken.None))!["results"]![0]![
                    "status"
                ]!.GetValue<string>() == "ok"
            )
                done[message["body"]!.GetValue<string>()] = true;
        }
    }

    /// <summary>The answer; null when the worker's end cut it off.</summary>
    private static async Task<HttpResponseMessage?> TryAsync(Func<Task<HttpResponseMessage>> call, CancellationToken enough)
    {
        try
        {
            return await call().WaitAsync(TimeSpan.FromSeconds(120), enough);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or OperationCanceledException)
        {
            return null;
        }
    }

    /// <summary>Takes messages until all of these have come; all that came.</summary>
    private static async Task<HashSet<string>> AllComeAsync(ApiClient client, string queue, IEnumerable<string> expected)
    {
        var came = new HashSet<string>();
        var missing = expected.ToHashSet();
        await Until.TrueAsync(
            async () =>
            {
                foreach (var message in await client.DequeueAsync(queue, "?maxMessages=100&waitSeconds=5&mode=delete"))
                    came.Add(message!["body"]!.GetValue<string>());
                return missing.IsSubsetOf(came);
            },
            "all that was acknowledged comes"
        );
        return came;
    }
}
