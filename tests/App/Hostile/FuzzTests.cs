using System.Collections.Concurrent;
using System.Text;

namespace FuncQueue.App.Tests.Hostile;

/// <summary>
/// Thousands of requests that nobody in their right mind sends, to every operation of the OpenAPI document: each is answered as
/// described, none with 500, none late, and the service works afterwards as before.
/// </summary>
public sealed class FuzzTests(AppFixture app)
{
    private const int OfEachOperation = 80;

    /// <summary>
    /// Most memory of the process at any time, in MiB: far more than these requests take, far less than what grows with each of them would.
    /// </summary>
    private const long MaxMebibytes = 768;

    /// <summary>Nothing asked for here takes any time; a machine under load may.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static readonly OpenApiDocument Document = OpenApiDocument.Load();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Whatever_is_sent_is_answered_as_described_and_never_with_500(int seed)
    {
        await using var target = await AppProcess.StartAsync(app.Environment(new() { ["FuncQueue__RegistryTable"] = $"fuzz{seed}" }));
        // Locked from the start: a key that is made by chance would lock it in between.
        var client = new ApiClient(target.Address, await new KeyMaker(target.Address).MakeMasterAsync());
        var known = new Known();
        foreach (var name in new[] { "fuzzed", "fuzzed.fifo" })
        {
            (
                await client.PutAsync("/queues/" + name, name.EndsWith(".fifo", StringComparison.Ordinal) ? """{"type":"fifo"}""" : "{}")
            ).Status.ShouldBe(HttpStatusCode.Created);
            for (var i = 0; i < 4; i++)
            {
                (await client.SendAsync(HttpMethod.Post, $"/queues/{name}/messages?groupId=g{i}", new StringContent("x"))).Status.ShouldBe(
                    HttpStatusCode.Created
                );
                known.Learn((await client.DequeueAsync("/queues/" + name))[0]!);
            }
        }

        var random = new Random(seed);
        var faults = new ConcurrentQueue<string>();
        var times = new ConcurrentQueue<(TimeSpan Took, string What)>();
        var requests = new List<HostileRequest>();
        var made = new HostileRequests(
            Document,
            random,
            ["fuzzed", "fuzzed.fifo"],
            () => known.Receipt(random),
            () => known.MessageId(random)
        );
        foreach (var (path, method) in Document.Operations().Where(o => !IsTheQueueItself(o)))
            requests.AddRange(Enumerable.Range(0, OfEachOperation).Select(_ => made.Next(path, method)));
        await Parallel.ForEachAsync(
            requests,
            new ParallelOptions { MaxDegreeOfParallelism = 4 },
            async (request, _) => await TryAsync(client, request, faults, times)
        );

        var slowest = times.MaxBy(t => t.Took);
        TestContext.Current.TestOutputHelper!.WriteLine(
            $"{times.Count} requests; the slowest took {slowest.Took.TotalMilliseconds:0} ms: {slowest.What}"
        );
        faults.ShouldBeEmpty();
        target.PeakMebibytes.ShouldBeLessThan(MaxMebibytes);
        target.Output.ShouldNotContain("fail:");
        target.Output.ShouldNotContain("unexpected", Case.Insensitive);
        // The service is as it was.
        var queue = await client.QueueAsync();
        await client.EnqueueAsync(queue, "sane");
        (await client.SettleAsync(queue, "ack", (await client.DequeueAsync(queue))[0]!)).ShouldBe("ok");
        (await client.GetAsync("/health")).Status.ShouldBe(HttpStatusCode.OK);
    }

    /// <summary>Deletes the queue that the others are tried on.</summary>
    private static bool IsTheQueueItself((string Path, string Method) operation) => operation is ("/queues/{queue}", "delete");

    private static async Task TryAsync(
        ApiClient client,
        HostileRequest request,
        ConcurrentQueue<string> faults,
        ConcurrentQueue<(TimeSpan Took, string What)> times
    )
    {
        var began = TimeProvider.System.GetTimestamp();
        HttpResponseMessage response;
        using var message = new HttpRequestMessage(new HttpMethod(request.Method), new Uri(client.Base, request.Url))
        {
            Content = request.Content(),
        };
        foreach (var (name, value) in request.Headers)
            message.Headers.TryAddWithoutValidation(name, value);
        try
        {
            response = await client.Http.SendAsync(message).WaitAsync(Patience);
            times.Enqueue((TimeProvider.System.GetElapsedTime(began), request.ToString()));
        }
        catch (Exception exception) when (exception is TimeoutException or HttpRequestException)
        {
            faults.Enqueue($"{exception.Message}: {request}");
            return;
        }

        using (response)
        {
            var bytes = await response.Content.ReadAsByteArrayAsync();
            var status = (int)response.StatusCode;
            if (status >= 500)
                faults.Enqueue($"{status} {Encoding.UTF8.GetString(bytes)}: {request}");
            if (response.Headers.Contains("X-Injected") || response.Content.Headers.Contains("X-Injected"))
                faults.Enqueue($"A header was injected: {request}");
            // The server itself answers what is no HTTP, and too long a target, without a body; the rest is ours, and described.
            if (status is not (400 or 404 or 414) || bytes.Length > 0)
            {
                var path = message.RequestUri!.AbsolutePath.TrimEnd('/') is { Length: > 0 } trimmed ? trimmed : "/";
                if (
                    Document.Check(
                        request.Method,
                        path,
                        status,
                        response.Content.Headers.ContentType?.MediaType,
                        response.Headers.Contains,
                        bytes
                    ) is
                    { } wrong
                )
                    faults.Enqueue($"{wrong}: {request}");
            }
        }
    }

    /// <summary>Receipts and ids that were good once.</summary>
    private sealed class Known
    {
        private readonly List<string> receipts = [];
        private readonly List<string> ids = [];

        public void Learn(JsonNode message)
        {
            receipts.Add(message["receipt"]!.GetValue<string>());
            ids.Add(message["messageId"]!.GetValue<string>());
        }

        public string Receipt(Random random) => receipts[random.Next(receipts.Count)];

        public string MessageId(Random random) => ids[random.Next(ids.Count)];
    }
}
