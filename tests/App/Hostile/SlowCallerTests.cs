namespace FuncQueue.App.Tests.Hostile;

/// <summary>Who sends a byte at a time to keep connections busy (slowloris) loses them, and keeps nobody from the service.</summary>
public sealed class SlowCallerTests(AppFixture app)
{
    [Fact]
    public async Task Headers_and_bodies_that_trickle_are_ended_by_the_server_and_store_nothing()
    {
        await using var impatient = await AppProcess.StartAsync(
            app.Environment(new() { ["LocalHost__HeadersTimeoutSeconds"] = "2", ["LocalHost__SlowBodySeconds"] = "2" })
        );
        var client = new ApiClient(impatient.Address);
        var queue = await client.QueueAsync();
        string Begin(string path, string headers) => $"POST {path} HTTP/1.1\r\nHost: {client.Base.Authority}\r\n{headers}";
        string[] beginnings =
        [
            "",
            "P",
            Begin(queue + "/messages", "x-attribute-a: "),
            Begin(queue + "/messages", "Content-Length: 10000\r\n\r\n"),
            Begin(queue + "/messages", "Content-Length: 10000000\r\n\r\n"),
            Begin(queue + "/messages", "Transfer-Encoding: chunked\r\n\r\nffffff\r\n"),
            Begin(queue + "/messages/ack", "Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"),
            Begin(
                "/sqs",
                "X-Amz-Target: AmazonSQS.ListQueues\r\nContent-Type: application/x-amz-json-1.0\r\nContent-Length: 1000\r\n\r\n{"
            ),
        ];
        var slow = beginnings
            .SelectMany(b => Enumerable.Repeat(b, 8))
            .Select(async beginning =>
            {
                using var connection = await RawConnection.OpenAsync(client.Base);
                return (Beginning: beginning, Answer: await connection.DribbleAsync(beginning));
            })
            .ToList();
        // Others are served meanwhile.
        await client.EnqueueAsync(queue, "prompt");
        foreach (var (beginning, answer) in await Task.WhenAll(slow))
        {
            var status = answer.Length == 0 ? "nothing" : answer.Split(' ')[1];
            status.ShouldBeOneOf(["nothing", "400", "408"], beginning);
        }

        (await client.CountsAsync(queue)).ShouldContain("\"ready\":1,");
        impatient.Output.ShouldNotContain("fail:");
    }

    [Theory]
    [InlineData("1")]
    [InlineData("soon")]
    public async Task A_time_out_that_is_none_is_one_line_and_exit_code_1(string seconds)
    {
        var (exitCode, output) = await AppProcess.RunAsync(
            app.Environment(new() { ["LocalHost__SlowBodySeconds"] = seconds }),
            "--urls",
            "http://127.0.0.1:0"
        );
        exitCode.ShouldBe(1);
        output
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .ShouldHaveSingleItem()
            .ShouldContain("LocalHost:SlowBodySeconds must be 2 to 3600 seconds");
    }
}
