namespace FuncQueue.Sqs.Tests;

/// <summary>A proxy before an app that takes its word hands requests on under another host than the one that was signed.</summary>
public sealed class ForwardedTests(AppFixture app) : IAsyncLifetime
{
    private const string Secret = "tests-only/9fKc+7Qm2Xv0LhT3bE1uRz";

    private AppProcess locked = null!;

    private string Endpoint => locked.Address + "/sqs";

    public async ValueTask InitializeAsync() =>
        locked = await AppProcess.StartAsync(
            app.Environment(
                new()
                {
                    ["FuncQueueSqs__Keys__0__AccessKeyId"] = "AKIDEXAMPLE",
                    ["FuncQueueSqs__Keys__0__SecretAccessKey"] = Secret,
                    ["FuncQueueSqs__Keys__0__Rights"] = "send, receive, manage",
                    ["FuncQueueSqs__AccountId"] = "123456789012",
                    ["FuncQueue__RegistryTable"] = "forwarded",
                }
            )
        );

    public ValueTask DisposeAsync() => locked.DisposeAsync();

    [Fact]
    public async Task A_request_that_a_proxy_forwards_under_a_host_of_its_own_is_taken_by_the_one_that_was_signed()
    {
        var forwarded = new SignedHttp(Endpoint)
        {
            Secret = Secret,
            SignedHost = "queue.example.com",
            Loose = new() { ["X-Forwarded-Host"] = "queue.example.com", ["X-Forwarded-Proto"] = "https" },
        };
        await SqsTest.Client(locked.Address, "AKIDEXAMPLE", Secret).CreateQueueAsync("forwarded");
        (await forwarded.JsonAsync("GetQueueUrl", """{"QueueName":"forwarded"}""")).Json["QueueUrl"]!
            .GetValue<string>()
            .ShouldBe("https://queue.example.com/123456789012/forwarded");
        (
            await new SignedHttp(Endpoint)
            {
                Secret = Secret,
                SignedHost = "queue.example.com",
                Loose = new() { ["X-Forwarded-Host"] = "other.example.com" },
            }.QueryAsync("Action=ListQueues&Version=2012-11-05&QueueNamePrefix=none")
        ).Code.ShouldBe("SignatureDoesNotMatch");
    }

    [Theory]
    [InlineData("queue.example:8443", "queue.example", "8443", "https://queue.example:8443")]
    [InlineData("queue.example:8443", "queue.example:8443", null, "https://queue.example:8443")]
    [InlineData("queue.example", "queue.example", "443", "https://queue.example")]
    [InlineData("queue.example", "queue.example:443", null, "https://queue.example")]
    [InlineData("queue.example", "queue.example:443", "443", "https://queue.example")]
    [InlineData("queue.example", "queue.example, 10.0.0.1", "443, 80", "https://queue.example")]
    [InlineData("[::1]:8443", "[::1]", "8443", "https://[::1]:8443")]
    [InlineData("queue.example", "queue.example", "none", "https://queue.example")]
    public async Task A_request_is_taken_by_the_host_and_port_that_its_maker_named_and_links_lead_there(
        string named,
        string host,
        string? port,
        string address
    )
    {
        var forwarded = new SignedHttp(Endpoint)
        {
            Secret = Secret,
            SignedHost = named,
            Loose = new() { ["X-Forwarded-Host"] = host, ["X-Forwarded-Proto"] = "https" },
        };
        if (port is not null)
            forwarded.Loose["X-Forwarded-Port"] = port;
        await SqsTest.Client(locked.Address, "AKIDEXAMPLE", Secret).CreateQueueAsync("ports");
        (await forwarded.JsonAsync("GetQueueUrl", """{"QueueName":"ports"}""")).Json["QueueUrl"]!
            .GetValue<string>()
            .ShouldBe($"{address}/123456789012/ports");
    }
}
