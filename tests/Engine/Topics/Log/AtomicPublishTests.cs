using FuncQueue.Engine.Tests.Support;
using FuncQueue.Engine.Topics;

namespace FuncQueue.Engine.Tests.Topics.Log;

/// <summary>An atomic batch is stored as a whole, next to each other, or not at all.</summary>
public sealed class AtomicPublishTests(AzuriteFixture azurite) : TopicTest(azurite)
{
    [Fact]
    public async Task Its_records_lie_next_to_each_other_while_others_publish()
    {
        var engines = new[] { await StartWithTopicAsync(), Start() };
        var batches = await Task.WhenAll(
            engines.SelectMany(
                (engine, e) =>
                    Enumerable
                        .Range(0, 10)
                        .Select(async i =>
                        {
                            await PublishAsync(engine, $"single {e} {i}");
                            var batch = new AtomicPublish
                            {
                                Records = [.. Enumerable.Range(0, 7).Select(n => Text($"{e} {i} {n}"))],
                                Key = "k",
                            };
                            return (await engine.Topics.PublishAtomicAsync(Events, batch, Cancellation)).Value;
                        })
            )
        );
        var texts = await TextsAsync(engines[0]);
        texts.Count.ShouldBe(20 * 8);
        foreach (var batch in batches)
        {
            var first = (int)batch[0].Offset;
            batch.Select(p => (int)p.Offset).ShouldBe(Enumerable.Range(first, 7));
            var name = texts[first][..^1];
            texts.Skip(first).Take(7).ShouldBe(Enumerable.Range(0, 7).Select(n => name + n));
        }
    }

    [Fact]
    public async Task One_that_nobody_takes_or_that_comes_at_another_offset_keeps_all_out()
    {
        var engine = await StartWithTopicAsync();
        await PublishAsync(engine, "a");
        var batch = new AtomicPublish { Records = [Text("b"), Text("c") with { Mandatory = true }], Partition = 0 };
        (await engine.Topics.PublishAtomicAsync(Events, batch, Cancellation)).Failure.ShouldBeOfType<Failure.Unroutable>();
        batch = batch with { Records = [Text("b"), Text("c")], ExpectedOffset = 2 };
        (await engine.Topics.PublishAtomicAsync(Events, batch, Cancellation)).Failure.ShouldBe(new Failure.OffsetMismatch(1));
        (await TextsAsync(engine)).ShouldBe(["a"]);
    }

    [Fact]
    public async Task As_much_as_is_promised_fits_one_transaction()
    {
        var engine = await StartWithTopicAsync();
        await PublishAsync(engine, "a");
        var inline = Enumerable.Range(0, 64).Select(_ => Bytes(Limits.MaxInlineBodyBytes));
        engine.Requests.Clear();
        (await AtomicAsync(engine, inline)).Value.Count.ShouldBe(64);
        engine.Requests.CountOf(r => r.AppendsRecords).ShouldBe(1);
        engine.Requests.Clear();
        (await AtomicAsync(engine, Enumerable.Range(0, 100).Select(i => Bytes(i < 80 ? 40_000 : 10)))).Value.Count.ShouldBe(100);
        engine.Requests.CountOf(r => r.AppendsRecords).ShouldBe(1);
    }

    [Fact]
    public async Task More_than_fits_one_transaction_is_too_large_and_nothing_is_stored()
    {
        var engine = await StartWithTopicAsync();
        (
            await AtomicAsync(engine, Enumerable.Range(0, 65).Select(_ => Bytes(Limits.MaxInlineBodyBytes)))
        ).Failure.ShouldBeOfType<Failure.MessageTooLarge>();
        (await AtomicAsync(engine, Enumerable.Range(0, 81).Select(_ => Bytes(33_000)))).Failure.ShouldBeOfType<Failure.MessageTooLarge>();
        var attributes = new Dictionary<string, string> { ["a"] = new('x', 32_000) };
        (
            await AtomicAsync(engine, Enumerable.Range(0, 100).Select(_ => Text("a") with { Attributes = attributes }))
        ).Failure.ShouldBeOfType<Failure.MessageTooLarge>();
        (await ReadEverythingAsync(engine)).ShouldBeEmpty();
    }

    [Fact]
    public async Task It_needs_a_place_and_its_records_have_none_of_their_own()
    {
        var engine = await StartWithTopicAsync();
        var batch = new AtomicPublish { Records = [Text("a"), Text("b") with { Key = "k" }] };
        (await engine.Topics.PublishAtomicAsync(Events, batch, Cancellation))
            .Failure.ShouldBeOfType<Failure.Invalid>()
            .Faults.Select(f => f.Field)
            .ShouldBe(["atomic", "messages[1]"]);
    }

    private static PublishRequest Bytes(int length) => new() { Body = MessageBody.FromBytes(new byte[length]) };

    private static Task<Outcome<IReadOnlyList<Published>>> AtomicAsync(TestEngine engine, IEnumerable<PublishRequest> records) =>
        engine
            .Topics.PublishAtomicAsync(Events, new AtomicPublish { Records = [.. records], Partition = 0 }, Cancellation)
            .WithinPatienceAsync();
}
