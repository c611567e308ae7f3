namespace FuncQueue.Sqs.Tests;

/// <summary>Behind a proxy whose address is configured: clients sign for that address, path and all, and are led back to it.</summary>
public sealed class PublicUrlTests(AppFixture app)
{
    private const string Secret = "tests-only/9fKc+7Qm2Xv0LhT3bE1uRz";

    [Fact]
    public async Task A_request_signed_for_the_public_address_is_taken_and_queue_URLs_are_there()
    {
        await using var behind = await AppProcess.StartAsync(
            app.Environment(
                new()
                {
                    ["FuncQueueSqs__Keys__0__AccessKeyId"] = "AKIDEXAMPLE",
                    ["FuncQueueSqs__Keys__0__SecretAccessKey"] = Secret,
                    ["FuncQueueSqs__Keys__0__Rights"] = "send,receive,manage",
                    ["FuncQueue__PublicUrl"] = "https://queue.example.com/pre",
                }
            )
        );
        SignedHttp Signed(string endpoint) =>
            new(endpoint) { Tamper = r => r.RequestUri = new Uri($"{behind.Address}/sqs{r.RequestUri!.Query}") };
        var created = await Signed("https://queue.example.com/pre/sqs").JsonAsync("CreateQueue", """{"QueueName":"public-url"}""");
        created.Json["QueueUrl"]!.GetValue<string>().ShouldStartWith("https://queue.example.com/pre/");
        (await Signed("https://queue.example.com/sqs").QueryAsync("Action=ListQueues")).Code.ShouldBe("SignatureDoesNotMatch");
        (await Signed("https://other.example.com/pre/sqs").QueryAsync("Action=ListQueues")).Code.ShouldBe("SignatureDoesNotMatch");
        (await new SignedHttp(behind.Address + "/sqs").QueryAsync("Action=ListQueues")).Code.ShouldBeNull();
    }
}
