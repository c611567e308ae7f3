using System.Text.RegularExpressions;

namespace FuncQueue.Client.Tests.Samples;

/// <summary>The samples as processes, on an installation of their own, and what a SIGTERM does to one.</summary>
public sealed partial class SampleTests(AppFixture app)
{
    [Fact]
    public async Task An_order_that_is_posted_to_the_api_is_handled_by_the_worker_which_stops_in_order()
    {
        await using var own = await AppProcess.StartAsync(app.Environment($"samples{Guid.NewGuid():N}"));
        await using var client = new FuncQueueClient(new Uri(own.Address));
        var environment = new Dictionary<string, string?>
        {
            ["FuncQueue__Endpoint"] = own.Address,
            ["FuncQueue__Processors__orders__MaxConcurrency"] = "2",
            // Longer than the start of a stop takes, so that handlers run meanwhile.
            ["HandlingTime"] = "00:00:03",
        };
        await using var worker = SampleProcess.Start("Worker", environment);
        await using var api = SampleProcess.Start("Api", environment, "--urls", "http://127.0.0.1:0");
        await Eventually.HoldsAsync(() => api.CountOf("Now listening on: ") == 1, "an api");
        await Eventually.HoldsAsync(async () => await client.Administration.FindQueueAsync("orders") is not null, "a queue");
        var address = Address().Match(string.Join('\n', api.Lines)).Groups["address"].Value;
        using var http = new HttpClient();
        for (var i = 0; i < 12; i++)
        {
            using var answer = await http.PostAsync(address + "/orders", new StringContent($"order {i}"));
            answer.EnsureSuccessStatusCode();
        }

        await Eventually.HoldsAsync(() => worker.CountOf("Handling ") >= 2, "two handlers");
        (await worker.TerminateAsync()).ShouldBe(0);
        (await api.TerminateAsync()).ShouldBe(0);
        // What began was finished and acked; what had not begun is there at once, uncounted and unleased.
        var begun = worker.CountOf("Handling ");
        worker.CountOf("Handled ").ShouldBe(begun);
        var counts = (await client.Administration.FindQueueAsync("orders"))!.Counts!;
        (counts.Ready, counts.Leased, counts.DeadLettered).ShouldBe((12 - begun, 0, 0));
        var left = await client.CreateReceiver("orders").ReceiveAsync(100);
        left.Count.ShouldBe(12 - begun);
        left.ShouldAllBe(message => message.DeliveryCount == 1);
    }

    [Fact]
    public async Task A_reader_that_is_told_to_stop_finishes_commits_and_another_goes_on_without_a_record_twice()
    {
        await using var own = await AppProcess.StartAsync(app.Environment($"samples{Guid.NewGuid():N}"));
        await using var client = new FuncQueueClient(new Uri(own.Address));
        var environment = new Dictionary<string, string?> { ["FuncQueue__Endpoint"] = own.Address, ["HandlingTime"] = "00:00:01" };
        await using var first = SampleProcess.Start("Reader", environment);
        await Eventually.HoldsAsync(async () => await client.Administration.Topics.FindTopicAsync("prices") is not null, "a topic");
        await using (var publisher = client.CreatePublisher("prices"))
        {
            for (var i = 0; i < 8; i++)
                await publisher.PublishAsync(new TopicMessage($"{i}") { Key = "one" });
        }

        await Eventually.HoldsAsync(() => first.CountOf("Handling one at ") >= 2, "a second handler");
        (await first.TerminateAsync()).ShouldBe(0);
        // What began was finished; the rest is the next one's, at once.
        var handled = first.CountOf("Handled one at ");
        first.CountOf("Handling one at ").ShouldBe(handled);
        var group = (await client.Administration.Groups.FindGroupAsync("prices", "averages")).ShouldNotBeNull();
        group.Members.ShouldBeEmpty();
        group.Lag.ShouldBe(8 - handled);
        environment["HandlingTime"] = "0";
        await using var second = SampleProcess.Start("Reader", environment);
        await Eventually.HoldsAsync(
            async () => (await client.Administration.Groups.FindGroupAsync("prices", "averages"))!.Lag == 0,
            "all committed"
        );
        (await second.TerminateAsync()).ShouldBe(0);
        second.CountOf("Handling one at ").ShouldBe(8 - handled);
    }

    [GeneratedRegex(@"Now listening on: (?<address>http://\S+)")]
    private static partial Regex Address();
}
