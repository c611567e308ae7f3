using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;

namespace FuncQueue.Client.Tests.Fake;

/// <summary>Leases of a group's partitions over time that no test can wait for.</summary>
public sealed class GroupLeaseTests
{
    private readonly FakeTimeProvider time = new(
        DateTimeOffset.Parse("2026-01-01T00:00:00Z", System.Globalization.CultureInfo.InvariantCulture)
    );
    private readonly Server server;
    private readonly FuncQueueClient client;
    private readonly List<GroupReaderErrorContext> errors = [];

    public GroupLeaseTests()
    {
        server = new Server(time);
        client = new FuncQueueClient(
            new Uri("http://fake"),
            options: new FuncQueueClientOptions
            {
                Handler = server,
                TimeProvider = time,
                MaxRetries = 0,
            }
        );
    }

    [Fact]
    public async Task A_handler_that_takes_longer_than_the_lease_keeps_its_partition_by_reads()
    {
        var handled = false;
        await using var reader = client.CreateGroupReader(
            "t",
            "g",
            async context =>
            {
                await Task.Delay(TimeSpan.FromMinutes(3), time, context.CancellationToken);
                handled = true;
            },
            Options()
        );
        await reader.StartAsync();
        await AdvanceUntilAsync(() => server.Committed == 1);
        handled.ShouldBeTrue();
        server.Reads.ShouldBeGreaterThan(30, "one every five seconds");
        lock (errors)
            errors.ShouldBeEmpty();
        await reader.StopAsync();
        server.HasLeft.ShouldBeTrue();
    }

    [Fact]
    public async Task A_handler_learns_when_its_lease_ends_without_an_answer_and_nothing_of_it_is_committed()
    {
        var (begun, fenced) = (new TaskCompletionSource(), new TaskCompletionSource());
        await using var reader = client.CreateGroupReader(
            "t",
            "g",
            async context =>
            {
                begun.TrySetResult();
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.CancellationToken)
                    .ContinueWith(_ => { }, TaskScheduler.Default);
                if (context.Fenced.IsCancellationRequested)
                    fenced.TrySetResult();
            },
            Options()
        );
        await reader.StartAsync();
        await begun.Task.WaitAsync(TimeSpan.FromSeconds(120));
        server.GoAway();
        await AdvanceUntilAsync(() => fenced.Task.IsCompleted);
        await Eventually.HoldsAsync(() => reader.Partitions.Count == 0, "a partition let go");
        lock (errors)
            errors.ShouldContain(e => ((FuncQueueException)e.Exception).Reason == FuncQueueErrorReason.Fenced && e.Partition == 0);
        await reader.StopAsync();
        server.Committed.ShouldBe(0);
    }

    private FuncQueueGroupReaderOptions Options() =>
        new()
        {
            From = "earliest",
            LeaseDuration = TimeSpan.FromSeconds(30),
            ReadWait = TimeSpan.FromSeconds(5),
            OnErrorAsync = error =>
            {
                lock (errors)
                    errors.Add(error);
                return Task.CompletedTask;
            },
        };

    /// <summary>
    /// By seconds, while the reader waits for the server's answer, or has none to wait for: so a slow machine takes nothing from a lease.
    /// </summary>
    private Task AdvanceUntilAsync(Func<bool> condition) =>
        Eventually.HoldsAsync(
            () =>
            {
                if (condition())
                    return true;
                if (server.IsAway || server.IsAsked)
                {
                    time.Advance(TimeSpan.FromSeconds(1));
                    server.AnswerDue();
                }

                return false;
            },
            "what was waited for"
        );

    /// <summary>A topic of one partition and one record, and the only member of its group.</summary>
    private sealed class Server(FakeTimeProvider time) : HttpMessageHandler
    {
        private const string Record = """
            {"partition":0,"offset":0,"messageId":"00000000-0000-0000-0000-000000000001","publishedAt":"2026-01-01T00:00:00Z",
            "body":"a","contentType":"text/plain","attributes":{}}
            """;

        private readonly Lock gate = new();
        private (DateTimeOffset EndsAt, TaskCompletionSource Answer)? asked;

        public bool IsAway { get; private set; }

        public long Committed { get; private set; }

        public bool HasLeft { get; private set; }

        public int Reads { get; private set; }

        /// <summary>Whether a read waits.</summary>
        public bool IsAsked
        {
            get
            {
                lock (gate)
                    return asked is not null;
            }
        }

        public void AnswerDue()
        {
            lock (gate)
            {
                if (asked is not { } read || read.EndsAt > time.GetUtcNow())
                    return;
                asked = null;
                read.Answer.TrySetResult();
            }
        }

        public void GoAway()
        {
            lock (gate)
            {
                IsAway = true;
                asked?.Answer.TrySetException(Away());
                asked = null;
            }
        }

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var body = JsonNode.Parse(await request.Content!.ReadAsStringAsync(cancellationToken))!;
            TaskCompletionSource answer;
            lock (gate)
            {
                if (IsAway)
                    throw Away();
                switch (request.RequestUri!.AbsolutePath.Split('/')[^1])
                {
                    case "leave":
                        HasLeft = true;
                        return new HttpResponseMessage(HttpStatusCode.NoContent);
                    case "commit":
                        Committed = 1;
                        return Json("""{"results":[{"status":"ok"}]}""");
                }

                Reads++;
                if (body["after"]!.AsArray().Count == 0)
                    return Page(Record, "");
                answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
                asked = (time.GetUtcNow() + TimeSpan.FromSeconds((double)body["waitSeconds"]!), answer);
            }

            await answer.Task.WaitAsync(cancellationToken);
            return Page("", ""","after":[{"status":"ok"}]""");
        }

        private static HttpRequestException Away() => new(HttpRequestError.ConnectionError, "Away.");

        private static HttpResponseMessage Page(string records, string after) =>
            Json(
                $$"""{"records":[{{records}}],"tokens":[{"partition":0,"nextOffset":1,"token":"t"}],"assigned":[0],"wanted":[],"committed":[]{{after}} }"""
            );

        private static HttpResponseMessage Json(string text) =>
            new(HttpStatusCode.OK) { Content = new StringContent(text, Encoding.UTF8, "application/json") };
    }
}
