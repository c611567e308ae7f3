namespace FuncQueue.Sqs.Tests.Sns;

/// <summary>The AWS SDK for JavaScript as it comes: its clients of SNS and of SQS at one endpoint.</summary>
public sealed class ClientTests(AppFixture app) : SnsTest(app)
{
    private const string Secret = "tests-only/9fKc+7Qm2Xv0LhT3bE1uRz";

    [Fact]
    public async Task Every_action_does_what_it_promises()
    {
        var (exitCode, output) = await NodeClients.RunAsync("sns.mjs", App.App.Address, NewName("-js"));
        exitCode.ShouldBe(0, output);
        output.ShouldContain("done");
    }

    [Fact]
    public async Task What_it_signs_is_taken_and_refused_with_another_secret()
    {
        await using var locked = await AppProcess.StartAsync(
            App.Environment(
                new()
                {
                    ["FuncQueueSqs__Keys__0__AccessKeyId"] = "AKIDEXAMPLE",
                    ["FuncQueueSqs__Keys__0__SecretAccessKey"] = Secret,
                    ["FuncQueueSqs__Keys__0__Rights"] = "send,receive,manage",
                }
            )
        );
        var (exitCode, output) = await NodeClients.RunAsync("sns.mjs", locked.Address, NewName("-js"), "AKIDEXAMPLE", Secret);
        exitCode.ShouldBe(0, output);
        (exitCode, output) = await NodeClients.RunAsync("sns.mjs", locked.Address, NewName("-js"), "AKIDEXAMPLE", "another secret");
        exitCode.ShouldNotBe(0);
        output.ShouldContain("SignatureDoesNotMatch");
    }
}
