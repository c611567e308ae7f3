using FuncQueue.Worker.Tests.Support;

namespace FuncQueue.Worker.Tests.Lives;

/// <summary>
/// A call that the host cancels and one whose caller has left leave nothing leased, and are nobody's fault. The messages here are leased
/// for hours: only a lease given back makes them ready again.
/// </summary>
public sealed class CancellationTests(WorkerFixture fixture, CancellationTests.OwnWorker own) : IClassFixture<CancellationTests.OwnWorker>
{
    private const int Rounds = 8;

    private readonly ApiClient client = new(own.App.Address, fixture.Client.Key);

    /// <summary>A worker whose log is these tests' alone.</summary>
    public sealed class OwnWorker(WorkerFixture app) : IAsyncLifetime
    {
        public WorkerApp App { get; private set; } = null!;

        public async ValueTask InitializeAsync() => App = await WorkerApp.StartAsync(app.Environment([]));

        public ValueTask DisposeAsync() => App.DisposeAsync();
    }

    [Fact]
    public async Task A_long_poll_that_the_host_cancels_is_no_500_and_keeps_nothing()
    {
        // The worker itself fails an invocation that is cancelled before it has its request, too.
        var (failed, refusedBefore) = (0, Refused());
        var queue = await client.QueueAsync("""{"visibilityTimeoutSeconds":43200}""");
        for (var round = 0; round < Rounds; round++)
        {
            using var call = new CancellationTokenSource();
            var polling = PollAsync(queue, call.Token);
            var sent = round % 2 == 0 ? null : client.EnqueueAsync(queue, $"{round}");
            if (round % 4 == 0)
                await Until.TrueAsync(() => Task.FromResult(own.App.Host.InvocationsUnderWay > 0), "the poll is under way");
            own.App.Host.CancelInvocations();
            await IsWholeAsync(
                queue,
                sent,
                async () =>
                {
                    using var response = await polling;
                    failed += response!.StatusCode == HttpStatusCode.InternalServerError ? 1 : 0;
                    return response.IsSuccessStatusCode
                        ? JsonNode.Parse(await response.Content.ReadAsStringAsync())!["messages"]!.AsArray()
                        : [];
                }
            );
        }

        failed.ShouldBeLessThanOrEqualTo(Refused() - refusedBefore);
        HasNoFault();

        int Refused() => own.App.Host.Log.Entries.Count(entry => entry.Contains("cancelled while waiting for", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_long_poll_whose_caller_has_left_takes_no_message_that_comes_later()
    {
        var queue = await client.QueueAsync("""{"visibilityTimeoutSeconds":43200}""");
        for (var round = 0; round < Rounds; round++)
        {
            using var call = new CancellationTokenSource();
            var polling = PollAsync(queue, call.Token);
            await Until.TrueAsync(() => Task.FromResult(own.App.Host.InvocationsUnderWay > 0), "the poll is under way");
            await call.CancelAsync();
            (await polling).ShouldBeNull();
            await Until.TrueAsync(() => Task.FromResult(own.App.Host.InvocationsUnderWay == 0), "the poll has ended");
            await IsWholeAsync(queue, client.EnqueueAsync(queue, $"{round}"), () => Task.FromResult(new JsonArray()));
        }

        HasNoFault();
    }

    /// <summary>Whether the answer was on its way already, nobody can tell; then the lease ends by itself.</summary>
    [Fact]
    public async Task A_message_that_comes_while_the_caller_leaves_is_not_lost()
    {
        var queue = await client.QueueAsync("""{"visibilityTimeoutSeconds":2,"maxDeliveryCount":null}""");
        for (var round = 0; round < Rounds; round++)
        {
            using var call = new CancellationTokenSource();
            var polling = PollAsync(queue, call.Token);
            var sent = client.EnqueueAsync(queue, $"{round}");
            if (round % 2 == 0)
                await Task.Yield();
            await call.CancelAsync();
            using var response = await polling;
            var id = await sent;
            var answered = response is null ? [] : JsonNode.Parse(await response.Content.ReadAsStringAsync())!["messages"]!.AsArray();
            var message = answered.SingleOrDefault() ?? (await client.DequeueAsync(queue, "?waitSeconds=20")).ShouldHaveSingleItem()!;
            message["messageId"]!.GetValue<string>().ShouldBe(id);
            (await client.SettleAsync(queue, "ack", message)).ShouldBe("ok");
        }

        HasNoFault();
    }

    /// <summary>A message that was sent meanwhile is in the answer, or comes to the next who asks, as if the call had not been.</summary>
    private async Task IsWholeAsync(string queue, Task<string>? sent, Func<Task<JsonArray>> answer)
    {
        var answered = await answer();
        if (sent is null)
        {
            answered.ShouldBeEmpty();
            return;
        }

        var id = await sent;
        var message = answered.SingleOrDefault() ?? (await client.DequeueAsync(queue, "?waitSeconds=20")).ShouldHaveSingleItem()!;
        message["messageId"]!.GetValue<string>().ShouldBe(id);
        message["deliveryCount"]!.GetValue<int>().ShouldBe(1);
        (await client.SettleAsync(queue, "ack", message)).ShouldBe("ok");
    }

    /// <summary>The answer; null when the caller left before it came.</summary>
    private async Task<HttpResponseMessage?> PollAsync(string queue, CancellationToken cancellationToken)
    {
        try
        {
            return await client.Http.PostAsync(queue + "/messages/dequeue?waitSeconds=20", null, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    private void HasNoFault() => own.App.Faults.ShouldBeEmpty();
}
