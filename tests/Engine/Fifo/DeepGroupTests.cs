using FuncQueue.Engine.Tests.Support;

namespace FuncQueue.Engine.Tests.Fifo;

/// <summary>A group with a long backlog does not hide the messages of others, and looking past it costs little.</summary>
public sealed class DeepGroupTests(AzuriteFixture azurite) : FifoTest(azurite)
{
    private const int Backlog = 20_000;
    private const int PerRow = 8;

    [Fact]
    public async Task A_message_behind_twenty_thousand_of_a_leased_group_is_found_for_a_request_per_thousand_rows()
    {
        var producer = await StartFifoAsync(options: Options with { MaxMessagesPerRow = PerRow });
        for (var i = 0; i < Backlog; i += 96)
            await producer.EnqueueAllAsync(Enumerable.Range(i, Math.Min(96, Backlog - i)).Select(n => Message("a", $"a{n}")));
        await producer.EnqueueAsync(Message("b", "b1"));
        (await producer.DequeueOneAsync()).Text().ShouldBe("a0");
        var consumer = Start();
        (await consumer.Engine.GetQueueAsync(consumer.Queue, Cancellation)).Value.Counts.Ready.ShouldBe(Backlog);
        consumer.Requests.Clear();
        Texts(await consumer.DequeueAsync()).ShouldBe(["b1"]);
        // Pages of a thousand rows without bodies, the one row with its body, the claim, and the mark that the shard is written to.
        const int Pages = Backlog / PerRow / 1000 + 1;
        consumer.Requests.CountOf(r => r.IsQuery).ShouldBeLessThanOrEqualTo(Pages);
        consumer.Requests.Count.ShouldBeLessThanOrEqualTo(Pages + 3);
        // And when there is nothing, it takes no more than that to know.
        consumer.Requests.Clear();
        (await consumer.DequeueAsync()).ShouldBeEmpty();
        consumer.Requests.Count.ShouldBeLessThanOrEqualTo(Pages);
    }
}
