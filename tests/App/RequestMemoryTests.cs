using System.Text;

namespace FuncQueue.App.Tests;

/// <summary>Bodies that would not fit into memory together are refused before they are read; small requests always pass.</summary>
public sealed class RequestMemoryTests(AppFixture app)
{
    private const int OneLongBody = 5 * 1024 * 1024;

    [Fact]
    public async Task Beside_a_long_body_under_way_another_is_refused_at_once_and_what_is_small_passes()
    {
        await using var small = await AppProcess.StartAsync(app.Environment(new() { ["FuncQueue__MaxRequestMemory"] = $"{OneLongBody}" }));
        var client = new ApiClient(small.Address);
        var queue = await client.QueueAsync();
        await client.EnqueueAsync(queue, "before");
        var held = await client.DequeueAsync(queue);
        var (first, unfinished) = await BeginAsync(
            client,
            queue,
            1024 * 1024,
            async () =>
            {
                var refused = await client.SendAsync(HttpMethod.Post, queue + "/messages", new ByteArrayContent(new byte[100_000]));
                if (refused.Status != HttpStatusCode.TooManyRequests)
                    return false;
                refused.Code.ShouldBe("overloaded");
                refused.Headers.RetryAfter.ShouldNotBeNull();
                return true;
            }
        );
        var batch = $$"""{"messages":[{"body":"{{new string('x', 1024 * 1024)}}"}]}""";
        (await client.PostAsync(queue + "/messages/batch", batch)).Status.ShouldBe(HttpStatusCode.TooManyRequests);
        (await client.SettleAsync(queue, "ack", held[0]!)).ShouldBe("ok");
        await client.EnqueueAsync(queue, "small");
        unfinished.Finish();
        (await first).Status.ShouldBe(HttpStatusCode.Created);
        await Until.TrueAsync(
            async () => (await client.PostAsync(queue + "/messages/batch", batch)).Status == HttpStatusCode.OK,
            "there is room again"
        );
    }

    [Fact]
    public async Task A_body_of_unknown_length_counts_once_it_proves_to_be_long()
    {
        await using var small = await AppProcess.StartAsync(app.Environment(new() { ["FuncQueue__MaxRequestMemory"] = $"{OneLongBody}" }));
        var client = new ApiClient(small.Address);
        var queue = await client.QueueAsync();
        var (first, unfinished) = await BeginAsync(
            client,
            queue,
            1024 * 1024,
            async () =>
                (await client.SendAsync(HttpMethod.Post, queue + "/messages", Chunked(100_000))).Status == HttpStatusCode.TooManyRequests
        );
        (await client.SendAsync(HttpMethod.Post, queue + "/messages", Chunked(1000))).Status.ShouldBe(HttpStatusCode.Created);
        unfinished.Finish();
        (await first).Status.ShouldBe(HttpStatusCode.Created);
        await Until.TrueAsync(
            async () => (await client.SendAsync(HttpMethod.Post, queue + "/messages", Chunked(100_000))).Status == HttpStatusCode.Created,
            "there is room again"
        );
    }

    [Fact]
    public async Task A_limit_below_one_long_body_is_told_by_its_name()
    {
        var (exitCode, output) = await AppProcess.RunAsync(
            app.Environment(new() { ["FuncQueue__MaxRequestMemory"] = "1000" }),
            "--urls",
            "http://127.0.0.1:0"
        );
        exitCode.ShouldNotBe(0);
        output.ShouldContain("FuncQueue:MaxRequestMemory must be at least");
    }

    [Fact]
    public async Task A_hundred_long_messages_in_one_answer_come_whole()
    {
        var client = app.Client;
        var queue = await client.QueueAsync();
        var bodies = Enumerable.Range(0, 100).Select(i => new string((char)('a' + (i % 26)), 30_000) + i).ToList();
        foreach (var half in bodies.Chunk(50))
            (
                await client.PostAsync(
                    queue + "/messages/batch",
                    $$"""{"messages":[{{string.Join(',', half.Select(b => $$"""{"body":"{{b}}"}"""))}}]}"""
                )
            ).Status.ShouldBe(HttpStatusCode.OK);
        var received = new List<string>();
        while (await client.DequeueAsync(queue, "?maxMessages=100") is { Count: > 0 } messages)
            received.AddRange(messages.Select(m => m!["body"]!.GetValue<string>()));
        received.ShouldBe(bodies, ignoreOrder: true);
    }

    /// <summary>
    /// Sends a body that stops half-way, until others are refused: again where one of them came before it, so that it was refused itself.
    /// </summary>
    private static async Task<(Task<Answer> Answer, UnfinishedBody Body)> BeginAsync(
        ApiClient client,
        string queue,
        int length,
        Func<Task<bool>> refusesAsync
    )
    {
        var (answer, body) = Send();
        await Until.TrueAsync(
            async () =>
            {
                if (answer.IsCompleted)
                {
                    body.Finish();
                    (answer, body) = Send();
                }

                return await refusesAsync() && !answer.IsCompleted;
            },
            "the first body is being read"
        );
        return (answer, body);

        (Task<Answer> Answer, UnfinishedBody Body) Send()
        {
            var unfinished = new UnfinishedBody(length);
            return (client.SendAsync(HttpMethod.Post, queue + "/messages", unfinished), unfinished);
        }
    }

    private static StreamContent Chunked(int length) => new(new NoLength(length));

    /// <summary>A body that stops half-way until the test lets it go on.</summary>
    private sealed class UnfinishedBody(int length) : HttpContent
    {
        private readonly TaskCompletionSource finish = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Finish() => finish.TrySetResult();

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes(new string('x', length / 2)));
            await stream.FlushAsync();
            await finish.Task;
            await stream.WriteAsync(Encoding.ASCII.GetBytes(new string('x', length / 2)));
        }

        protected override bool TryComputeLength(out long computed)
        {
            computed = length;
            return true;
        }
    }

    /// <summary>Zeros, of a length that nobody is told.</summary>
    private sealed class NoLength(int length) : MemoryStream(new byte[length])
    {
        public override bool CanSeek => false;
    }
}
