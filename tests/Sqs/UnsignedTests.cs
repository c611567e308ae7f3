namespace FuncQueue.Sqs.Tests;

/// <summary>What holds on a laptop alone: behind a Functions host the app does not start when anybody is to be let in.</summary>
public sealed class UnsignedTests(AppFixture app)
{
    private const string List = "Action=ListQueues&Version=2012-11-05&QueueNamePrefix=none";

    [Fact]
    public async Task Where_the_setting_says_always_a_signature_is_looked_at_and_none_is_needed()
    {
        await using var process = await AppProcess.StartAsync(app.Environment(new() { ["FuncQueueSqs__Unsigned"] = "always" }));
        (await UnsignedAsync(process)).ShouldBeNull();
        (await new SignedHttp(process.Address + "/sqs").QueryAsync(List)).Code.ShouldBe("InvalidClientTokenId");
    }

    [Fact]
    public async Task Beside_keys_unsigned_requests_are_taken_only_when_the_setting_says_always()
    {
        await using var process = await AppProcess.StartAsync(
            app.Environment(
                new()
                {
                    ["FuncQueueSqs__Unsigned"] = "always",
                    ["FuncQueueSqs__Keys__0__AccessKeyId"] = "AKIDEXAMPLE",
                    ["FuncQueueSqs__Keys__0__SecretAccessKey"] = LockedApp.Secret,
                    ["FuncQueueSqs__Keys__0__Rights"] = "send",
                }
            )
        );
        (
            await new SignedHttp(process.Address + "/sqs") { Tamper = r => r.Headers.Remove("Authorization") }.QueryAsync(List)
        ).Code.ShouldBeNull();
        (await new SignedHttp(process.Address + "/sqs").QueryAsync(List)).Code.ShouldBeNull();
        (await new SignedHttp(process.Address + "/sqs") { Secret = "forged" }.QueryAsync(List)).Code.ShouldBe("SignatureDoesNotMatch");
        (await new SignedHttp(process.Address + "/sqs").QueryAsync("Action=CreateQueue&QueueName=q")).Code.ShouldBe("AccessDenied");
    }

    [Fact]
    public async Task The_first_key_ends_the_time_without_keys()
    {
        await using var process = await AppProcess.StartAsync(
            app.Environment(
                new() { ["FuncQueueSqs__Unsigned"] = "withoutKeys", ["FuncQueue__RegistryTable"] = "first" + Guid.NewGuid().ToString("N") }
            )
        );
        (await UnsignedAsync(process)).ShouldBeNull();
        var key = await new KeyMaker(process.Address).MakeMasterAsync("owner");
        (await UnsignedAsync(process)).ShouldBe("MissingAuthenticationToken");
        (await new SignedHttp(process.Address + "/sqs").QueryAsync(List)).Code.ShouldBe("InvalidClientTokenId");
        (await new SignedHttp(process.Address + "/sqs") { KeyId = "owner", Secret = key }.QueryAsync(List)).Code.ShouldBeNull();
    }

    /// <summary>A message says who has sent it, if anybody has.</summary>
    [Fact]
    public async Task An_unsigned_caller_is_nobodys_key()
    {
        var sqs = SqsTest.Client(app.App.Address);
        var url = (await sqs.CreateQueueAsync("nobodys")).QueueUrl;
        await sqs.SendMessageAsync(url, "x");
        (await app.Client.DequeueAsync("/queues/nobodys"))[0]!["attributes"]!.AsObject().ShouldNotContain(a => a.Key == "AWS.SenderId");
    }

    private static async Task<string?> UnsignedAsync(AppProcess process) =>
        (await new SignedHttp(process.Address + "/sqs") { Tamper = r => r.Headers.Remove("Authorization") }.QueryAsync(List)).Code;
}
