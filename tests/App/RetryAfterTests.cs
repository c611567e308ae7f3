using FuncQueue.Engine;
using FuncQueue.Functions.Http;
using Microsoft.AspNetCore.Http;

namespace FuncQueue.App.Tests;

/// <summary>Failures that pass say when to come again; the others do not.</summary>
public sealed class RetryAfterTests
{
    private static readonly TimeSpan Delay = TimeSpan.FromSeconds(1.2);

    public static TheoryData<Failure, int, string> Passing =>
        new()
        {
            { new Failure.Overloaded(Delay), 429, "overloaded" },
            { new Failure.StorageUnavailable(Delay), 503, "storage-unavailable" },
            { new Failure.StorageThrottled(Delay), 503, "storage-throttled" },
            { new Failure.OutcomeUnknown(Delay), 503, "outcome-unknown" },
        };

    public static TheoryData<Failure, int, string> Lasting =>
        new()
        {
            { new Failure.Invalid([new Fault("a", "b")]), 400, "invalid-request" },
            {
                new Failure.QueueNotFound(QueueName.TryParse("q", out var name) ? name : throw new InvalidOperationException()),
                404,
                "queue-not-found"
            },
            { new Failure.MessageNotFound(), 404, "message-not-found" },
            { new Failure.QueueTypeMismatch("why"), 409, "queue-type-mismatch" },
            { new Failure.PreconditionFailed(), 412, "precondition-failed" },
            { new Failure.MessageTooLarge(), 413, "message-too-large" },
        };

    [Theory]
    [MemberData(nameof(Passing))]
    public async Task A_failure_that_passes_says_when_to_come_again_in_whole_seconds(Failure failure, int status, string code) =>
        (await AnswerAsync(failure)).ShouldBe((status, code, "2"));

    [Theory]
    [MemberData(nameof(Lasting))]
    public async Task A_failure_that_lasts_does_not(Failure failure, int status, string code) =>
        (await AnswerAsync(failure)).ShouldBe((status, code, ""));

    [Fact]
    public void Where_a_part_was_carried_out_nothing_says_that_nothing_happened()
    {
        foreach (var failure in Passing.Select(row => row.Data.Item1))
        {
            var told = failure.InPart();
            if (failure is Failure.Overloaded)
                told.ShouldBe(failure);
            else
                told.ShouldBeOfType<Failure.OutcomeUnknown>();
        }
    }

    private static async Task<(int Status, string? Code, string RetryAfter)> AnswerAsync(Failure failure)
    {
        var context = new DefaultHttpContext();
        using var body = new MemoryStream();
        context.Response.Body = body;
        await Problems.From(failure).ExecuteAsync(context);
        context.Response.ContentType.ShouldBe("application/problem+json");
        return (
            context.Response.StatusCode,
            JsonNode.Parse(body.ToArray())!["code"]?.GetValue<string>(),
            context.Response.Headers.RetryAfter.ToString()
        );
    }
}
