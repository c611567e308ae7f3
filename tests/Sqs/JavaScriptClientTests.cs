namespace FuncQueue.Sqs.Tests;

/// <summary>The AWS SDK for JavaScript as it comes: today's speaks JSON, one from before 2023 the Query protocol.</summary>
public sealed class JavaScriptClientTests(AppFixture app) : SqsTest(app)
{
    private const string Secret = "tests-only/9fKc+7Qm2Xv0LhT3bE1uRz";

    [Theory]
    [InlineData("@aws-sdk/client-sqs")]
    [InlineData("client-sqs-query")]
    public async Task Every_action_does_what_it_promises(string package)
    {
        var (exitCode, output) = await NodeClients.RunAsync("scenario.mjs", package, App.App.Address, NewName("-js"));
        exitCode.ShouldBe(0, output);
        output.ShouldContain("done");
    }

    [Theory]
    [InlineData("@aws-sdk/client-sqs")]
    [InlineData("client-sqs-query")]
    public async Task What_it_signs_is_taken_and_refused_with_another_secret(string package)
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
        var (exitCode, output) = await NodeClients.RunAsync(
            "scenario.mjs",
            package,
            locked.Address + "/sqs",
            NewName("-js"),
            "AKIDEXAMPLE",
            Secret
        );
        exitCode.ShouldBe(0, output);
        (exitCode, output) = await NodeClients.RunAsync(
            "scenario.mjs",
            package,
            locked.Address + "/sqs",
            NewName("-js"),
            "AKIDEXAMPLE",
            "another secret"
        );
        exitCode.ShouldNotBe(0);
        output.ShouldContain(package == "client-sqs-query" ? "SignatureDoesNotMatch" : "InvalidSignatureException");
    }
}
