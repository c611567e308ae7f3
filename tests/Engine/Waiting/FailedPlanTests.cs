using FuncQueue.Engine.Tests.Support;

namespace FuncQueue.Engine.Tests.Waiting;

/// <summary>Whoever waits is answered, even when the engine meets what nobody foresaw.</summary>
public sealed class FailedPlanTests(AzuriteFixture azurite) : EngineTest(azurite)
{
    [Theory]
    [InlineData(QueueType.Standard)]
    [InlineData(QueueType.Fifo)]
    public async Task A_receiver_whose_lease_cannot_be_planned_is_answered(QueueType type)
    {
        ExpectsErrors = true;
        var engine = await StartWithQueueAsync(new QueueSettingsChange { Type = type });
        await engine.EnqueueAsync(TestEngine.Text("a") with { GroupId = type == QueueType.Fifo ? "g" : null });
        // Past the end of time; who asks the engine checks ranges first.
        (
            await engine.TryDequeueAsync(new DequeueRequest { VisibilityTimeout = TimeSpan.MaxValue })
        ).Failure.ShouldBeOfType<Failure.OutcomeUnknown>();
        (await engine.DequeueOneAsync()).Text().ShouldBe("a");
    }
}
