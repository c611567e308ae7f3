using FuncQueue.Engine.Tests.Support;

namespace FuncQueue.Engine.Tests.Timing;

/// <summary>Priorities on queues that are deeper than what a process keeps in memory.</summary>
public sealed class DeepPriorityTests(AzuriteFixture azurite) : EngineTest(azurite)
{
    private const int Rows = 4000;

    /// <summary>Messages between two scans, at the pace of these tests.</summary>
    private const int ASecond = 20;

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, false)]
    [InlineData(false, true)]
    public async Task An_urgent_message_overtakes_thousands_within_a_second_or_two(bool ofItsOwn, bool heldBack)
    {
        var (consumer, other) = await StartAsync(priority: 0);
        await ConsumeAsync(consumer, ASecond * 3);
        var urgent = TestEngine.Text("urgent") with { Priority = 9, Delay = heldBack ? TimeSpan.FromMilliseconds(100) : null };
        var id = await (ofItsOwn ? consumer : other).EnqueueAsync(urgent);
        await PassAsync(consumer);
        // Its own is known at once; but one flight of ten begins with the lowest priority.
        (await ConsumeUntilAsync(consumer, id)).ShouldBeLessThanOrEqualTo(ofItsOwn ? 2 : 2 * ASecond);
    }

    [Fact]
    public async Task A_message_of_low_priority_behind_thousands_is_what_a_tenth_flight_begins_with()
    {
        var (consumer, other) = await StartAsync(priority: 9);
        var id = await other.EnqueueAsync("low");
        (await ConsumeUntilAsync(consumer, id)).ShouldBeLessThanOrEqualTo(2 * ASecond);
    }

    private async Task<(TestEngine Consumer, TestEngine Other)> StartAsync(int priority)
    {
        var options = Options with { MaxMessagesPerRow = 1 };
        var (consumer, other) = (await StartWithQueueAsync(options: options), Start(options));
        for (var i = 0; i < Rows / 100; i++)
            await other.EnqueueAllAsync(Enumerable.Range(0, 100).Select(n => TestEngine.Text($"{n}") with { Priority = priority }));
        return (consumer, other);
    }

    private async Task ConsumeAsync(TestEngine consumer, int count)
    {
        for (var i = 0; i < count; i++)
            await ConsumeOneAsync(consumer);
    }

    /// <summary>How many others come before it.</summary>
    private async Task<int> ConsumeUntilAsync(TestEngine consumer, MessageId id)
    {
        for (var others = 0; others < Rows; others++)
        {
            if (await ConsumeOneAsync(consumer) == id)
                return others;
        }

        throw new InvalidOperationException("It did not come.");
    }

    private async Task<MessageId> ConsumeOneAsync(TestEngine consumer)
    {
        var message = await consumer.DequeueOneAsync();
        await consumer.AckAsync(message);
        await PassAsync(consumer);
        return message.Id();
    }

    /// <summary>A twentieth of a second passes, and what the process does of itself meanwhile is done.</summary>
    private async Task PassAsync(TestEngine consumer)
    {
        Time.Advance(TimeSpan.FromSeconds(1) / ASecond);
        await consumer.Engine.WhenIdleAsync();
    }
}
