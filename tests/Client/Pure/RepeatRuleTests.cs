using System.Net;
using FuncQueue.Client.Transport;

namespace FuncQueue.Client.Tests.Pure;

/// <summary>What may be repeated, for each answer that the API can give and each way to lose one.</summary>
public sealed class RepeatRuleTests
{
    [Theory]
    [InlineData(429, "overloaded", true, true)]
    [InlineData(503, "storage-throttled", true, true)]
    [InlineData(503, "storage-unavailable", true, true)]
    [InlineData(503, "filters-newer", true, true)]
    [InlineData(503, "outcome-unknown", true, false)]
    [InlineData(503, null, true, false)]
    [InlineData(500, "internal-error", true, false)]
    [InlineData(502, null, true, false)]
    [InlineData(504, null, true, false)]
    [InlineData(400, "invalid-request", false, false)]
    [InlineData(401, "unauthenticated", false, false)]
    [InlineData(404, "queue-not-found", false, false)]
    [InlineData(409, "queue-paused", false, false)]
    [InlineData(412, "precondition-failed", false, false)]
    [InlineData(200, null, false, false)]
    public void Of_an_answer_it_is_known_whether_anything_happened(int status, string? code, bool always, bool ifNothingHappened)
    {
        var outcome = RepeatRule.Judge((HttpStatusCode)status, code, null);
        RepeatRule.MayRepeat(Repetition.Always, outcome).ShouldBe(always);
        RepeatRule.MayRepeat(Repetition.IfNothingHappened, outcome).ShouldBe(ifNothingHappened);
        RepeatRule.MayRepeat(Repetition.Never, outcome).ShouldBeFalse();
    }

    [Theory]
    [InlineData(HttpRequestError.ConnectionError, true)]
    [InlineData(HttpRequestError.NameResolutionError, true)]
    [InlineData(HttpRequestError.SecureConnectionError, true)]
    [InlineData(HttpRequestError.ResponseEnded, false)]
    [InlineData(HttpRequestError.InvalidResponse, false)]
    [InlineData(HttpRequestError.Unknown, false)]
    public void Without_a_connection_nothing_happened_with_one_it_may_have(HttpRequestError error, bool nothingHappened)
    {
        var outcome = RepeatRule.Judge(null, null, new HttpRequestException(error));
        RepeatRule.MayRepeat(Repetition.IfNothingHappened, outcome).ShouldBe(nothingHappened);
        RepeatRule.MayRepeat(Repetition.Always, outcome).ShouldBeTrue();
    }

    [Fact]
    public void What_the_caller_cancelled_is_not_repeated() =>
        RepeatRule.Judge(null, null, new OperationCanceledException()).ShouldBe(AttemptOutcome.Final);
}
