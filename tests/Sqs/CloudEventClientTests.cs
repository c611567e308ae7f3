namespace FuncQueue.Sqs.Tests;

/// <summary>The SDK of CloudEvents for JavaScript as it comes.</summary>
public sealed class CloudEventClientTests(AppFixture app) : SqsTest(app)
{
    [Fact]
    public async Task What_it_sends_in_every_mode_is_given_back_as_events_that_it_reads()
    {
        var (exitCode, output) = await NodeClients.RunAsync("cloudevents.mjs", App.App.Address, NewName("-events"));
        exitCode.ShouldBe(0, output);
        output.ShouldContain("done");
    }
}
