namespace FuncQueue.App.Tests;

/// <summary>Application Insights gets what the engine measures under the names that alerts and charts ask for.</summary>
public sealed class AzureMonitorTests(AppFixture app)
{
    private const string ClientId = "9c1c4b4e-2c7f-4f0a-8a49-6f1f0a0e6c11";

    [Fact]
    public async Task Metrics_and_spans_reach_Application_Insights_with_a_token_of_the_identity()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Trusting a certificate by environment variable needs OpenSSL.");
        using var certificate = new LoopbackCertificate();
        await using var tokens = new TokenEndpoint();
        await using var ingestion = await Ingestion.StartAsync(certificate);
        var environment = new Dictionary<string, string?>(tokens.Environment)
        {
            ["SSL_CERT_FILE"] = certificate.CertificateFile,
            ["APPLICATIONINSIGHTS_CONNECTION_STRING"] = ingestion.ConnectionString,
            ["APPLICATIONINSIGHTS_AUTHENTICATION_STRING"] = $"ClientId={ClientId};Authorization=AAD",
            ["APPLICATIONINSIGHTS_STATSBEAT_DISABLED"] = "true",
            ["OTEL_TRACES_SAMPLER"] = "microsoft.fixed_percentage",
            ["OTEL_TRACES_SAMPLER_ARG"] = "1.0",
            ["FuncQueue__RegistryTable"] = "insights",
            ["DeadLetterPoisonMessagesSchedule"] = "* * * * * *",
        };
        string name;
        await using (var watched = await AppProcess.StartAsync(app.Environment(environment)))
        {
            var client = new ApiClient(watched.Address);
            var queue = await client.QueueAsync("""{"maxDeliveryCount":1}""");
            name = queue.Split('/')[^1];
            await PoisonAsync(1);
            // The sweep that moves the second message has counted the first, and the one that waits, before it moves anything.
            await PoisonAsync(2);
            async Task PoisonAsync(int times)
            {
                await client.EnqueueAsync(queue, "poison");
                await client.DequeueAsync(queue, "?visibilityTimeoutSeconds=1");
                if (times == 2)
                    await client.EnqueueAsync(queue, "waits");
                await Until.TrueAsync(
                    () => Task.FromResult(watched.Output.Split("1 dead-lettered").Length > times),
                    "the sweep moves the poison"
                );
            }

            // At its end the process sends what it has.
            (await watched.InterruptAsync()).ShouldBe(0);
        }

        Metric(ingestion, "funcqueue.queue.depth", name).ShouldContain(m => m.Status == "deadLettered" && m.Value >= 1);
        Metric(ingestion, "funcqueue.queue.depth", name).ShouldContain(m => m.Status == "ready" && m.Value >= 1);
        Metric(ingestion, "funcqueue.queue.oldest_message_age", name).ShouldNotBeEmpty();
        Metric(ingestion, "messaging.client.sent.messages", name).Sum(m => m.Value).ShouldBe(3);
        Metric(ingestion, "messaging.client.consumed.messages", name).Sum(m => m.Value).ShouldBe(2);
        Metric(ingestion, "messaging.client.operation.duration", name).ShouldNotBeEmpty();
        // What the alert on timers asks for; a run that failed would have an error's type.
        var runs = ingestion
            .Items.Where(i => Base(i, "MetricData"))
            .Select(i => i["data"]!["baseData"]!)
            .Where(m => m["metrics"]![0]!["name"]!.GetValue<string>() == "funcqueue.timer.runs")
            .ToList();
        runs.ShouldAllBe(m => m["properties"]!["error.type"] == null);
        runs.Where(m => m["properties"]!["funcqueue.timer.name"]!.GetValue<string>() == "DeadLetterPoisonMessages")
            .Sum(m => m["metrics"]![0]!["value"]!.GetValue<double>())
            .ShouldBeGreaterThanOrEqualTo(2);
        ingestion.Items.ShouldContain(i =>
            Base(i, "RemoteDependencyData") && i["data"]!["baseData"]!["name"]!.GetValue<string>() == $"send {name}"
        );
        ingestion.Items.ShouldAllBe(i => i["tags"]!["ai.cloud.role"]!.GetValue<string>() == "FuncQueue");
        tokens.Asked.ShouldAllBe(asked => asked.ClientId == ClientId);
        tokens.Asked.ShouldNotBeEmpty();
    }

    [Theory]
    [InlineData("ClientId=x")]
    [InlineData("Authorization=Key")]
    public async Task An_authentication_string_that_is_none_is_told_by_its_name(string authentication)
    {
        var (exitCode, output) = await AppProcess.RunAsync(
            app.Environment(
                new()
                {
                    ["APPLICATIONINSIGHTS_CONNECTION_STRING"] = "InstrumentationKey=3b1b7a52-7f0e-4d43-8f7b-0d5f6a3d9e10",
                    ["APPLICATIONINSIGHTS_AUTHENTICATION_STRING"] = authentication,
                }
            ),
            "--urls",
            "http://127.0.0.1:0"
        );
        exitCode.ShouldNotBe(0);
        output.ShouldContain("APPLICATIONINSIGHTS_AUTHENTICATION_STRING");
    }

    private static List<(double Value, string? Status)> Metric(Ingestion ingestion, string name, string queue) =>
        [
            .. ingestion
                .Items.Where(i => Base(i, "MetricData") && i["data"]!["baseData"]!["metrics"]![0]!["name"]!.GetValue<string>() == name)
                .Select(i => i["data"]!["baseData"]!)
                .Where(m => m["properties"]!["messaging.destination.name"]!.GetValue<string>() == queue)
                .Select(m =>
                    (m["metrics"]![0]!["value"]!.GetValue<double>(), m["properties"]!["funcqueue.message.status"]?.GetValue<string>())
                ),
        ];

    private static bool Base(JsonNode item, string type) => item["data"]!["baseType"]!.GetValue<string>() == type;
}
