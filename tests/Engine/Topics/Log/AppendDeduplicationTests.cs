using FuncQueue.Engine.Tests.Support;
using FuncQueue.Engine.Topics;

namespace FuncQueue.Engine.Tests.Topics.Log;

/// <summary>A repeat of a publish within the window stores nothing and is told what it repeats.</summary>
public sealed class AppendDeduplicationTests(AzuriteFixture azurite) : TopicTest(azurite)
{
    [Fact]
    public async Task A_repeat_in_another_process_is_told_what_it_repeats()
    {
        var (engine, other) = (await StartWithTopicAsync(new TopicSettingsChange { Partitions = 8 }), Start());
        var first = await PublishAsync(engine, Text("a") with { DeduplicationId = "d" });
        Time.Advance(TimeSpan.FromSeconds(10));
        (await PublishAsync(other, Text("b") with { DeduplicationId = "d" })).ShouldBe(first with { Duplicate = true });
        (await TextsAsync(other, first.Partition)).ShouldBe(["a"]);
    }

    [Fact]
    public async Task After_the_window_it_is_a_record_of_its_own()
    {
        var engine = await StartWithTopicAsync(OnePartition with { DeduplicationWindow = TimeSpan.FromSeconds(60) });
        await PublishAsync(engine, Text("a") with { DeduplicationId = "d" });
        Time.Advance(TimeSpan.FromSeconds(60));
        (await PublishAsync(engine, Text("b") with { DeduplicationId = "d" })).Duplicate.ShouldBeTrue();
        Time.Advance(TimeSpan.FromSeconds(1));
        (await PublishAsync(engine, Text("c") with { DeduplicationId = "d" })).ShouldSatisfyAllConditions(
            p => p.Duplicate.ShouldBeFalse(),
            p => p.Offset.ShouldBe(1)
        );
        (await PublishAsync(engine, Text("d") with { DeduplicationId = "d" })).Offset.ShouldBe(1);
        (await TextsAsync(engine)).ShouldBe(["a", "c"]);
    }

    [Fact]
    public async Task Of_repeats_at_once_in_several_processes_one_is_stored()
    {
        var engines = new[] { await StartWithTopicAsync(), Start(), Start() };
        for (var round = 0; round < 5; round++)
        {
            var published = await Task.WhenAll(
                engines.SelectMany(engine =>
                    Enumerable
                        .Range(0, 6)
                        .Select(i => PublishAsync(engine, Text($"{i}") with { DeduplicationId = i < 3 ? $"same{round}" : null }))
                )
            );
            published.Count(p => p.Duplicate).ShouldBe(8);
            published.Where(p => p.Duplicate).Select(p => p.Offset).Distinct().Count().ShouldBe(1);
        }

        (await ReadEverythingAsync(engines[0])).Count.ShouldBe(5 * 10);
    }

    [Fact]
    public async Task A_repeat_is_told_so_before_its_expected_offset_and_before_that_nobody_takes_it()
    {
        var engine = await StartWithTopicAsync();
        var first = await PublishAsync(engine, Text("a") with { DeduplicationId = "d", Partition = 0, ExpectedOffset = 0 });
        await PublishAsync(engine, "b");
        var repeat = Text("a") with { DeduplicationId = "d", Partition = 0, ExpectedOffset = 0, Mandatory = true };
        foreach (var process in new[] { engine, Start() })
            (await PublishAsync(process, repeat)).ShouldBe(first with { Duplicate = true });
        (await TryPublishAsync(engine, repeat with { DeduplicationId = "e" })).Failure.ShouldBe(new Failure.OffsetMismatch(2));
        (
            await TryPublishAsync(engine, repeat with { DeduplicationId = "e", ExpectedOffset = 2 })
        ).Failure.ShouldBeOfType<Failure.Unroutable>();
    }

    [Fact]
    public async Task Of_two_with_one_id_in_one_write_the_second_is_stored_where_the_first_is_refused()
    {
        var engine = await StartWithTopicAsync();
        await PublishAsync(engine, "a");
        var outcomes = await PublishAllAsync(
            engine,
            Text("b") with
            {
                DeduplicationId = "d",
                Partition = 0,
                ExpectedOffset = 7,
            },
            Text("c") with
            {
                DeduplicationId = "d",
                Partition = 0,
                ExpectedOffset = 1,
            },
            Text("d") with
            {
                DeduplicationId = "d",
                Partition = 0,
                ExpectedOffset = 9,
            }
        );
        outcomes[0].Failure.ShouldBe(new Failure.OffsetMismatch(1));
        outcomes[1].Value.Offset.ShouldBe(1);
        outcomes[1].Value.Duplicate.ShouldBeFalse();
        (await ReadEverythingAsync(engine)).Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_batch_that_was_stored_in_part_is_completed_by_its_repeat_in_order()
    {
        var engine = await StartWithTopicAsync();
        await PublishAsync(engine, Text("1") with { Key = "k", DeduplicationId = "d1" });
        var outcomes = await PublishAllAsync(
            engine,
            Enumerable.Range(1, 4).Select(i => Text($"{i}") with { Key = "k", DeduplicationId = $"d{i}" })
        );
        outcomes.Select(o => o.Value.Duplicate).ShouldBe([true, false, false, false]);
        (await TextsAsync(engine)).ShouldBe(["1", "2", "3", "4"]);
    }

    [Fact]
    public async Task By_content_the_same_body_under_the_same_keys_is_a_repeat()
    {
        var engine = await StartWithTopicAsync(new TopicSettingsChange { Partitions = 4, ContentBasedDeduplication = true });
        var first = await PublishAsync(engine, "a");
        (await PublishAsync(Start(), "a")).ShouldBe(first with { Duplicate = true });
        (await PublishAsync(engine, Text("a") with { RoutingKey = "r" })).Duplicate.ShouldBeFalse();
        (await PublishAsync(engine, Text("a") with { RoutingKey = "r" })).Duplicate.ShouldBeTrue();
        (await PublishAsync(engine, Text("a") with { DeduplicationId = "other" })).Duplicate.ShouldBeFalse();
        var large = new PublishRequest { Body = MessageBody.FromBytes(new byte[100_000]) };
        (await PublishAsync(engine, large)).Duplicate.ShouldBeFalse();
        (await PublishAsync(engine, large)).Duplicate.ShouldBeTrue();
    }

    [Fact]
    public async Task An_atomic_batch_has_one_id_and_its_repeat_is_told_every_offset()
    {
        var engine = await StartWithTopicAsync();
        await PublishAsync(engine, "a");
        var batch = new AtomicPublish
        {
            Records = [Text("b"), Text("c"), Text("d")],
            Partition = 0,
            DeduplicationId = "d",
        };
        var first = (await engine.Topics.PublishAtomicAsync(Events, batch, Cancellation)).Value;
        var repeat = (await Start().Topics.PublishAtomicAsync(Events, batch with { ExpectedOffset = 1 }, Cancellation)).Value;
        first.Select(p => p.Offset).ShouldBe([1, 2, 3]);
        repeat.ShouldBe(first.Select(p => p with { Duplicate = true }));
    }
}
