using System.Net.Sockets;

namespace FuncQueue.App.Tests;

/// <summary>The app as a process: keys, timers, start and stop, faults of its surroundings.</summary>
public sealed class HostingTests(AppFixture app)
{
    [Fact]
    public async Task The_timers_dead_letter_poison_and_make_expired_leases_ready_without_anybody_dequeuing()
    {
        const string everySecond = "* * * * * *";
        await using var timed = await AppProcess.StartAsync(
            app.Environment(
                new()
                {
                    ["RedeliverExpiredLeasesSchedule"] = everySecond,
                    ["DeadLetterPoisonMessagesSchedule"] = everySecond,
                    ["SweepStorageSchedule"] = everySecond,
                    ["ForwardSubscriptionsSchedule"] = everySecond,
                    ["FuncQueue__RegistryTable"] = "timers",
                }
            )
        );
        var client = new ApiClient(timed.Address);
        var (poison, patient) = (await client.QueueAsync("""{"maxDeliveryCount":1}"""), await client.QueueAsync());
        await client.EnqueueAsync(poison, "x");
        await client.EnqueueAsync(patient, "y");
        await client.DequeueAsync(poison, "?visibilityTimeoutSeconds=1");
        await client.DequeueAsync(patient, "?visibilityTimeoutSeconds=1");
        await Until.TrueAsync(
            async () => (await client.CountsAsync(poison)).Contains("\"deadLettered\":1", StringComparison.Ordinal),
            "the poison is dead-lettered"
        );
        (await client.GetAsync(poison + "/deadletter/messages")).Json["messages"]![0]!["deadLetterReason"]!
            .GetValue<string>()
            .ShouldBe("max-delivery-count-exceeded");
        await Until.TrueAsync(
            () => Task.FromResult(timed.Output.Contains("1 messages ready again", StringComparison.Ordinal)),
            "the timer redelivers"
        );
        (await client.CountsAsync(patient)).ShouldContain("\"ready\":1");
    }

    [Fact]
    public async Task A_busy_port_is_one_line_and_exit_code_1()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        var (exitCode, output) = await AppProcess.RunAsync(app.Environment([]), "--urls", $"http://127.0.0.1:{port}");
        exitCode.ShouldBe(1);
        output.Split('\n', StringSplitOptions.RemoveEmptyEntries).ShouldHaveSingleItem().ShouldContain($"127.0.0.1:{port} is in use");
    }

    [Fact]
    public async Task Without_Node_the_local_storage_is_one_line_and_exit_code_1()
    {
        var dotnet = Path.GetDirectoryName(
            Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : FindOnPath("dotnet")
        )!;
        var folder = Directory.CreateTempSubdirectory("funcqueue-path-").FullName;
        File.CreateSymbolicLink(Path.Combine(folder, "dotnet"), Path.Combine(dotnet, "dotnet"));
        try
        {
            var (exitCode, output) = await AppProcess.RunAsync(
                new Dictionary<string, string?> { ["PATH"] = folder },
                "--urls",
                "http://127.0.0.1:0"
            );
            exitCode.ShouldBe(1);
            output.Split('\n', StringSplitOptions.RemoveEmptyEntries).ShouldHaveSingleItem().ShouldStartWith("Node.js was not found.");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [InlineData("nonsense", null, "nonsense")]
    [InlineData("http://localhost:0", null, "localhost")]
    [InlineData("http://192.0.2.1:7071", null, "could not start")]
    [InlineData("http://127.0.0.1:0", "nonsense", "FuncQueueStorage is no connection string")]
    public async Task An_address_or_a_connection_that_is_none_is_one_line_and_exit_code_1(string urls, string? connection, string says)
    {
        var environment = app.Environment([]).ToDictionary();
        if (connection is not null)
            environment["FuncQueueStorage"] = connection;
        var (exitCode, output) = await AppProcess.RunAsync(environment, "--urls", urls);
        exitCode.ShouldBe(1);
        output.Split('\n', StringSplitOptions.RemoveEmptyEntries).ShouldHaveSingleItem().ShouldContain(says);
    }

    [Theory]
    [InlineData("every now and then", "which is not NCRONTAB")]
    [InlineData("61 * * * * *", "which is not NCRONTAB")]
    public async Task A_schedule_that_is_none_is_one_line_and_exit_code_1(string schedule, string says)
    {
        var (exitCode, output) = await AppProcess.RunAsync(
            app.Environment(new() { ["SweepStorageSchedule"] = schedule }),
            "--urls",
            "http://127.0.0.1:0"
        );
        exitCode.ShouldBe(1);
        output.Split('\n', StringSplitOptions.RemoveEmptyEntries).ShouldHaveSingleItem().ShouldContain(says);
    }

    [Fact]
    public async Task A_setting_out_of_range_is_told_by_its_name()
    {
        var (exitCode, output) = await AppProcess.RunAsync(
            app.Environment(new() { ["FuncQueue__MaxMessagesPerRow"] = "500" }),
            "--urls",
            "http://127.0.0.1:0"
        );
        exitCode.ShouldNotBe(0);
        output.ShouldContain("FuncQueue:MaxMessagesPerRow must be 1 to 90");
    }

    [Fact]
    public async Task Metrics_and_traces_go_to_the_collector_that_is_named()
    {
        using var collector = new HttpListener();
        var port = FreePort();
        collector.Prefixes.Add($"http://127.0.0.1:{port}/");
        collector.Start();
        var reached = new System.Collections.Concurrent.ConcurrentDictionary<string, bool>();
        var collecting = Task.Run(async () =>
        {
            while (!reached.ContainsKey("/v1/metrics") || !reached.ContainsKey("/v1/traces"))
            {
                var call = await collector.GetContextAsync();
                reached[call.Request.Url!.AbsolutePath] = true;
                call.Response.Close();
            }
        });
        await using var exporting = await AppProcess.StartAsync(
            app.Environment(
                new()
                {
                    ["OTEL_EXPORTER_OTLP_ENDPOINT"] = $"http://127.0.0.1:{port}",
                    ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
                    ["OTEL_METRIC_EXPORT_INTERVAL"] = "200",
                    ["OTEL_BSP_SCHEDULE_DELAY"] = "200",
                }
            )
        );
        await new ApiClient(exporting.Address).QueueAsync();
        await collecting.WaitAsync(TimeSpan.FromSeconds(90));
    }

    [Fact]
    public async Task Ctrl_C_stops_the_app_while_somebody_waits_and_it_answers_with_nothing()
    {
        await using var stopping = await AppProcess.StartAsync(app.Environment([]));
        var client = new ApiClient(stopping.Address);
        var queue = await client.QueueAsync();
        var waiting = client.DequeueAsync(queue, "?waitSeconds=20");
        // The wait has begun once the app has taken the request; a message that is leased meanwhile would come at once.
        await client.GetAsync("/health");
        (await stopping.InterruptAsync()).ShouldBe(0);
        try
        {
            (await waiting).ShouldBeEmpty();
        }
        catch (HttpRequestException)
        {
            // The request had not been taken yet when the app stopped listening.
        }
    }

    [Fact]
    public async Task With_storage_gone_health_is_503_and_calls_are_told_that_storage_is_unavailable()
    {
        await using var azurite = await FuncQueue.LocalHost.Azurite.AzuriteServer.StartForTestsAsync();
        await using var orphan = await AppProcess.StartAsync(
            new Dictionary<string, string?> { ["FuncQueueStorage"] = azurite.ConnectionString }
        );
        var client = new ApiClient(orphan.Address);
        var queue = await client.QueueAsync();
        await client.EnqueueAsync(queue, "x");
        await azurite.DisposeAsync();
        (await client.GetAsync("/health")).Status.ShouldBe(HttpStatusCode.ServiceUnavailable);
        var answer = await client.PostAsync(queue + "/messages");
        answer.Status.ShouldBe(HttpStatusCode.ServiceUnavailable);
        answer.Code.ShouldBe("storage-unavailable");
        answer.Headers.RetryAfter.ShouldNotBeNull();
    }

    [Fact]
    public async Task Messages_and_receipts_survive_a_killed_app_and_pass_between_apps()
    {
        await using var other = await AppProcess.StartAsync(app.Environment([]));
        var (mine, theirs) = (app.Client, new ApiClient(other.Address));
        var queue = await mine.QueueAsync();
        var kept = await theirs.EnqueueAsync(queue, "kept");
        var message = (await theirs.DequeueAsync(queue))[0]!;
        await theirs.EnqueueAsync(queue, "second");
        other.Kill();
        (await mine.SettleAsync(queue, "ack", message)).ShouldBe("ok");
        (await mine.DequeueAsync(queue))[0]!["body"]!.GetValue<string>().ShouldBe("second");
        (await mine.GetAsync($"{queue}/messages/{kept}")).Status.ShouldBe(HttpStatusCode.NotFound);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static string FindOnPath(string program) =>
        Environment
            .GetEnvironmentVariable("PATH")!
            .Split(Path.PathSeparator)
            .Select(folder => Path.Combine(folder, program))
            .First(File.Exists);
}
