using FuncQueue.Engine.Tests.Support;

namespace FuncQueue.Engine.Tests.Fifo;

/// <summary>Guarantee 3 on FIFO queues: a repeat is a no-op that returns the first message's id and number.</summary>
[Trait("Guarantee", "3")]
public sealed class FifoDeduplicationTests(AzuriteFixture azurite) : FifoTest(azurite)
{
    [Fact]
    public async Task A_repeat_returns_the_first_messages_id_and_sequence_number()
    {
        var (engine, other) = (await StartFifoAsync(), Start());
        var first = (await engine.TryEnqueueAsync(Message("a", "once") with { DeduplicationId = "1" })).Value;
        first.Duplicate.ShouldBeFalse();
        foreach (var repeat in new[] { engine, other })
        {
            var again = (await repeat.TryEnqueueAsync(Message("a", "again") with { DeduplicationId = "1" })).Value;
            again.ShouldBe(first with { Duplicate = true });
        }

        Texts(await other.DequeueAsync(10)).ShouldBe(["once"]);
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(4, false)]
    public async Task An_id_holds_for_the_whole_queue_with_one_shard_and_within_its_group_with_more(int shards, bool overGroups)
    {
        var engine = await StartFifoAsync(Fifo with { Shards = shards });
        (await engine.TryEnqueueAsync(Message("a", "x") with { DeduplicationId = "1" })).Value.Duplicate.ShouldBeFalse();
        (await engine.TryEnqueueAsync(Message("a", "x") with { DeduplicationId = "1" })).Value.Duplicate.ShouldBeTrue();
        for (var g = 0; g < 8; g++)
            (await engine.TryEnqueueAsync(Message($"g{g}", "x") with { DeduplicationId = "1" })).Value.Duplicate.ShouldBe(overGroups);
    }

    [Theory]
    [InlineData(20)]
    [InlineData(Limits.MaxInlineBodyBytes + 1)]
    public async Task By_its_content_a_repeat_is_known_too_whatever_its_length(int length)
    {
        var engine = await StartFifoAsync(Fifo with { ContentBasedDeduplication = true, Shards = 3 });
        var text = new string('x', length);
        (await engine.TryEnqueueAsync(Message("a", text))).Value.Duplicate.ShouldBeFalse();
        (await Start().TryEnqueueAsync(Message("a", text))).Value.Duplicate.ShouldBeTrue();
        (await engine.TryEnqueueAsync(Message("a", text + "y"))).Value.Duplicate.ShouldBeFalse();
        (await engine.DequeueAsync(10)).Count.ShouldBe(2);
    }

    [Fact]
    public async Task Of_processes_that_enqueue_one_id_at_once_one_stores_it()
    {
        for (var round = 0; round < 10; round++)
        {
            var engines = new[] { Start(), Start(), Start() };
            foreach (var engine in engines)
                engine.Queue = TestEngine.Name($"race-{round}");
            await engines[0].PutQueueAsync(Fifo);
            var outcomes = await Task.WhenAll(engines.Select(e => e.TryEnqueueAsync(Message("a", "x") with { DeduplicationId = "1" })));
            outcomes.Select(o => o.Value.MessageId).Distinct().ShouldHaveSingleItem();
            outcomes.Count(o => !o.Value.Duplicate).ShouldBe(1);
            (await engines[0].DequeueAsync(10)).Count.ShouldBe(1);
        }
    }
}
