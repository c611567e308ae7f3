using FuncQueue.Functions.Sns.Errors;

namespace FuncQueue.Sqs.Tests.Sns;

/// <summary>Errors that a test cannot bring about over the wire within its time.</summary>
public sealed class ErrorTests
{
    [Fact]
    public void What_the_engine_says_has_a_code_of_SNS()
    {
        Of(new FuncQueue.Engine.Failure.SubscriptionLimit()).ShouldBe((403, "SubscriptionLimitExceeded"));
        Of(new FuncQueue.Engine.Failure.PreconditionFailed()).ShouldBe((400, "ConcurrentAccess"));
        Of(new FuncQueue.Engine.Failure.StorageThrottled(TimeSpan.FromSeconds(1))).ShouldBe((429, "Throttled"));
        Of(new FuncQueue.Engine.Failure.StorageUnavailable(TimeSpan.FromSeconds(1))).ShouldBe((503, "ServiceUnavailable"));
        Of(new FuncQueue.Engine.Failure.OutcomeUnknown(TimeSpan.FromSeconds(1))).ShouldBe((503, "ServiceUnavailable"));
        Of(new FuncQueue.Engine.Failure.MessageTooLarge()).ShouldBe((400, "InvalidParameter"));
    }

    private static (int Status, string Code) Of(FuncQueue.Engine.Failure failure)
    {
        var error = SnsErrors.From(failure);
        return (error.Status, error.Code);
    }
}
