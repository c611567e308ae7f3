using FuncQueue.LocalHost.Azurite;
using FuncQueue.Worker.Tests.Support;

namespace FuncQueue.Worker.Tests.Hosting;

/// <summary>What an answer says beside its body comes through the host unchanged.</summary>
public sealed class ProblemTests(WorkerFixture app)
{
    [Fact]
    public async Task Problem_details_and_ETags_come_through_unchanged()
    {
        var queue = await app.Client.QueueAsync();
        var answer = await app.Client.GetAsync(queue);
        var etag = answer.Headers.ETag.ShouldNotBeNull();
        (await app.Client.PutAsync(queue, """{"delaySeconds":1}""", ("If-Match", "\"other\""))).ShouldSatisfyAllConditions(
            refused => refused.Status.ShouldBe(HttpStatusCode.PreconditionFailed),
            refused => refused.ContentHeaders.ContentType!.ToString().ShouldBe("application/problem+json"),
            refused => refused.Code.ShouldBe("precondition-failed")
        );
        var changed = await app.Client.PutAsync(queue, """{"delaySeconds":1}""", ("If-Match", etag.ToString()));
        changed.Status.ShouldBe(HttpStatusCode.OK);
        changed.Headers.ETag.ShouldNotBe(etag);
    }

    [Fact]
    public async Task With_storage_gone_the_worker_says_so_and_when_to_come_again()
    {
        await using var azurite = await AzuriteServer.StartForTestsAsync();
        await using var orphan = await WorkerApp.StartAsync(
            new Dictionary<string, string?> { ["FuncQueueStorage"] = azurite.ConnectionString }
        );
        var client = new ApiClient(orphan.Address, await new KeyMaker(orphan.Address).MakeMasterAsync());
        var queue = await client.QueueAsync();
        await azurite.DisposeAsync();
        var answer = await client.PostAsync(queue + "/messages");
        answer.Status.ShouldBe(HttpStatusCode.ServiceUnavailable);
        answer.Code.ShouldBe("storage-unavailable");
        answer.Headers.RetryAfter.ShouldNotBeNull();
        (await client.GetAsync("/health")).Status.ShouldBe(HttpStatusCode.ServiceUnavailable);
    }

    /// <summary>The host joins what is given more than once; a value with a comma is one that was given twice, or could be.</summary>
    [Theory]
    [InlineData("x-attribute-a", "x-attribute-a")]
    [InlineData("Idempotency-Key", "Idempotency-Key")]
    public async Task A_header_that_is_given_twice_is_refused_as_one_with_a_comma_is(string header, string field)
    {
        var queue = await app.Client.QueueAsync();
        (await app.Client.SendAsync(HttpMethod.Post, queue + "/messages", new StringContent("x"), (header, "b,c"))).Fields.ShouldBe([
            field,
        ]);
        (
            await app.Client.SendAsync(HttpMethod.Post, queue + "/messages", new StringContent("x"), (header, "b"), (header, "c"))
        ).Fields.ShouldBe([field]);
        (await app.Client.CountsAsync(queue)).ShouldContain("\"ready\":0,");
    }

    [Fact]
    public async Task An_app_that_would_let_anybody_in_does_not_start()
    {
        var (exitCode, output) = await WorkerApp.RunAsync(app.Environment(new() { ["FuncQueueSqs__Unsigned"] = "always" }));
        exitCode.ShouldNotBe(0);
        output.ShouldContain("FuncQueueSqs:Unsigned must not be always");
    }

    [Fact]
    public async Task An_app_whose_connection_is_none_does_not_start_and_does_not_repeat_it()
    {
        var (exitCode, output) = await WorkerApp.RunAsync(
            new Dictionary<string, string?> { ["FuncQueueStorage"] = "AccountKey=c2VjcmV0LTRiZTE=" }
        );
        exitCode.ShouldNotBe(0);
        output.ShouldContain("FuncQueueStorage is no connection string");
        output.ShouldNotContain("c2VjcmV0");
    }
}
