namespace FuncQueue.Sqs.Tests;

/// <summary>The AWS SDK for JavaScript as it comes: today's speaks JSON, one from before 2023 the Query protocol.</summary>
public sealed class JavaScriptClientTests(AppFixture app) : SqsTest(app)
{
    [Theory]
    [InlineData("@aws-sdk/client-sqs")]
    [InlineData("client-sqs-query")]
    public async Task Every_action_does_what_it_promises(string package)
    {
        var (exitCode, output) = await NodeClients.RunAsync("scenario.mjs", package, Endpoint, NewName());
        exitCode.ShouldBe(0, output);
        output.ShouldContain("done");
    }
}
