using FuncQueue.Engine.Tests.Support;

namespace FuncQueue.Engine.Tests.Fifo;

/// <summary>A test on a FIFO queue.</summary>
public abstract class FifoTest(AzuriteFixture azurite) : EngineTest(azurite)
{
    protected static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    protected static readonly QueueSettingsChange Fifo = new() { Type = QueueType.Fifo, VisibilityTimeout = Lease };

    protected Task<TestEngine> StartFifoAsync(
        QueueSettingsChange? settings = null,
        EngineOptions? options = null,
        TimeProvider? time = null
    ) => StartWithQueueAsync((settings ?? Fifo) with { Type = QueueType.Fifo }, options, time);

    protected static NewMessage Message(string group, string text) => TestEngine.Text(text) with { GroupId = group };

    /// <summary>Enqueues one after the other, each in a row of its own, as "group1", "group2" and so on.</summary>
    protected static async Task EnqueueEachAsync(TestEngine engine, string group, int count, int first = 1)
    {
        for (var i = first; i < first + count; i++)
            await engine.EnqueueAsync(Message(group, $"{group}{i}"));
    }

    protected static IEnumerable<string> Texts(IEnumerable<DeliveredMessage> messages) => messages.Select(m => m.Text());
}
