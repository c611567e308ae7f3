using FuncQueue.Engine.Tests.Support;
using FuncQueue.Engine.Topics;

namespace FuncQueue.Engine.Tests.Topics.Log;

/// <summary>What is published is stored, in order, and told.</summary>
[Trait("Guarantee", "7")]
public sealed class PublishTests(AzuriteFixture azurite) : TopicTest(azurite)
{
    [Fact]
    public async Task Records_have_dense_offsets_in_the_order_of_their_publishing_and_are_read_as_they_were_given()
    {
        var (engine, other) = (await StartWithTopicAsync(), Start());
        var given = Text("first") with
        {
            Attributes = new Dictionary<string, string> { ["a"] = "1" },
            Key = "k",
            RoutingKey = "orders.eu.created",
            DeduplicationId = "d",
            TraceParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            TraceState = "vendor=1",
            Delay = TimeSpan.FromSeconds(5),
            TimeToLive = TimeSpan.FromSeconds(60),
            Priority = 7,
        };
        var published = await PublishAsync(engine, given);
        published.ShouldSatisfyAllConditions(
            p => p.Offset.ShouldBe(0),
            p => p.Partition.ShouldBe(0),
            p => p.Matched.ShouldBe(0),
            p => p.Duplicate.ShouldBeFalse(),
            p => p.PublishedAt.ShouldBe(Time.GetUtcNow())
        );
        (await PublishAsync(other, "second")).Offset.ShouldBe(1);
        (await PublishAsync(engine, "third")).Offset.ShouldBe(2);
        foreach (var process in new[] { engine, other, Start() })
        {
            var records = await ReadEverythingAsync(process);
            records.Select(TextOf).ShouldBe(["first", "second", "third"]);
            records.Select(r => r.Offset).ShouldBe([0, 1, 2]);
            records[0]
                .ShouldSatisfyAllConditions(
                    r => r.MessageId.ShouldBe(published.MessageId),
                    r => r.PublishedAt.ShouldBe(published.PublishedAt),
                    r => r.ContentType.ShouldBe("text/plain"),
                    r => r.Attributes.ShouldBe(given.Attributes),
                    r => r.Key.ShouldBe("k"),
                    r => r.RoutingKey.ShouldBe("orders.eu.created"),
                    r => r.DeduplicationId.ShouldBe("d"),
                    r => r.TraceParent.ShouldBe(given.TraceParent),
                    r => r.TraceState.ShouldBe("vendor=1"),
                    r => r.Delay.ShouldBe(given.Delay),
                    r => r.TimeToLive.ShouldBe(given.TimeToLive),
                    r => r.Priority.ShouldBe(7)
                );
        }
    }

    [Fact]
    public async Task The_time_of_publishing_never_falls_within_a_partition_whatever_clocks_say()
    {
        var (engine, slow) = (
            await StartWithTopicAsync(),
            Start(time: new Microsoft.Extensions.Time.Testing.FakeTimeProvider(Time.GetUtcNow().AddHours(-1)))
        );
        var first = await PublishAsync(engine, "a");
        var second = await PublishAsync(slow, "b");
        second.PublishedAt.ShouldBe(first.PublishedAt);
        Time.Advance(TimeSpan.FromSeconds(3));
        (await PublishAsync(engine, "c")).PublishedAt.ShouldBe(first.PublishedAt.AddSeconds(3));
    }

    [Fact]
    public async Task Four_processes_that_publish_at_once_leave_no_gap_and_none_changes_what_another_stored()
    {
        var engines = new[] { await StartWithTopicAsync(), Start(), Start(), Start() };
        const int Each = 40;
        var published = await Task.WhenAll(
            engines.SelectMany(
                (engine, e) => Enumerable.Range(0, Each).Select(async i => (Text: $"{e}.{i}", At: await PublishAsync(engine, $"{e}.{i}")))
            )
        );
        published.Select(p => p.At.Offset).Order().ShouldBe(Enumerable.Range(0, 4 * Each).Select(i => (long)i));
        foreach (var engine in engines)
        {
            var records = await ReadEverythingAsync(engine, pageSize: 33);
            records.Select(r => r.Offset).ShouldBe(Enumerable.Range(0, 4 * Each).Select(i => (long)i));
            foreach (var (text, at) in published)
                TextOf(records[(int)at.Offset]).ShouldBe(text);
            records.Select(r => r.PublishedAt).ShouldBeInOrder();
        }
    }

    [Fact]
    public async Task Records_of_one_key_are_in_one_partition_and_others_where_they_are_asked_to_be()
    {
        var engine = await StartWithTopicAsync(new TopicSettingsChange { Partitions = 8 });
        var other = Start();
        var homes = new HashSet<int>();
        foreach (var key in Enumerable.Range(0, 20).Select(i => $"key{i}"))
        {
            var first = await PublishAsync(engine, Text("a") with { Key = key });
            var second = await PublishAsync(other, Text("b") with { Key = key });
            second.Partition.ShouldBe(first.Partition);
            homes.Add(first.Partition);
        }

        homes.Count.ShouldBeGreaterThan(3);
        (await PublishAsync(engine, Text("c") with { Partition = 7 })).Partition.ShouldBe(7);
        (await PublishAsync(engine, Text("c") with { Partition = 7, Key = "key1" })).Partition.ShouldBe(7);
    }

    [Fact]
    public async Task Records_without_a_key_go_to_one_partition_for_a_while_then_to_the_next()
    {
        var engine = await StartWithTopicAsync(new TopicSettingsChange { Partitions = 4 });
        var first = (await PublishAsync(engine, "a")).Partition;
        (await PublishAsync(engine, "b")).Partition.ShouldBe(first);
        Time.Advance(TimeSpan.FromSeconds(1));
        (await PublishAsync(engine, "c")).Partition.ShouldBe((first + 1) % 4);
    }

    [Fact]
    public async Task A_batch_stores_each_record_and_tells_of_each()
    {
        var engine = await StartWithTopicAsync(new TopicSettingsChange { Partitions = 4 });
        var outcomes = await PublishAllAsync(engine, Enumerable.Range(0, 100).Select(i => Text($"{i}") with { Key = $"k{i % 10}" }));
        outcomes.Count.ShouldBe(100);
        for (var i = 0; i < 100; i++)
        {
            var at = outcomes[i].Value;
            var record = (await engine.Topics.FindRecordAsync(Events, at.Partition, at.Offset, Cancellation)).Value;
            TextOf(record).ShouldBe($"{i}");
            record.MessageId.ShouldBe(at.MessageId);
        }

        foreach (var key in outcomes.Select((o, i) => (o.Value, Key: i % 10)).GroupBy(o => o.Key))
            key.Select(o => o.Value.Offset).ShouldBeInOrder();
    }

    [Fact]
    public async Task Of_one_key_nothing_is_stored_behind_what_was_refused()
    {
        var engine = await StartWithTopicAsync();
        var outcomes = await PublishAllAsync(
            engine,
            Text("a1") with
            {
                Key = "a",
            },
            Text("a2") with
            {
                Key = "a",
                Mandatory = true,
            },
            Text("b1") with
            {
                Key = "b",
            },
            Text("a3") with
            {
                Key = "a",
            },
            Text("b2") with
            {
                Key = "b",
            }
        );
        outcomes[1].Failure.ShouldBeOfType<Failure.Unroutable>();
        outcomes[3].Failure.ShouldBeOfType<Failure.EarlierFailed>();
        (await TextsAsync(engine)).ShouldBe(["a1", "b1", "b2"]);
    }

    [Fact]
    public async Task A_record_that_must_get_an_offset_gets_it_or_is_refused_with_the_next_one()
    {
        var (engine, other) = (await StartWithTopicAsync(), Start());
        (await PublishAsync(engine, Text("a") with { ExpectedOffset = 0, Partition = 0 })).Offset.ShouldBe(0);
        await PublishAsync(other, "b");
        // This process does not know of b yet: it must not refuse by what it remembers.
        (await PublishAsync(engine, Text("c") with { ExpectedOffset = 2, Partition = 0 })).Offset.ShouldBe(2);
        (await TryPublishAsync(other, Text("d") with { ExpectedOffset = 2, Partition = 0 })).Failure.ShouldBe(
            new Failure.OffsetMismatch(3)
        );
        (await TryPublishAsync(other, Text("d") with { ExpectedOffset = 4, Key = "k" })).Failure.ShouldBe(new Failure.OffsetMismatch(3));
        (await TextsAsync(other)).ShouldBe(["a", "b", "c"]);
    }

    [Fact]
    public async Task Of_many_that_want_one_offset_at_once_exactly_one_gets_it()
    {
        var engines = new[] { await StartWithTopicAsync(), Start(), Start() };
        for (var offset = 0; offset < 5; offset++)
        {
            var outcomes = await Task.WhenAll(
                engines.SelectMany(engine =>
                    Enumerable.Range(0, 4).Select(_ => TryPublishAsync(engine, Text("x") with { ExpectedOffset = offset, Partition = 0 }))
                )
            );
            outcomes.Where(o => o.Failure is null).ShouldHaveSingleItem().Value.Offset.ShouldBe(offset);
            outcomes.Where(o => o.Failure is not null).ShouldAllBe(o => Equals(o.Failure, new Failure.OffsetMismatch(offset + 1)));
        }
    }

    [Fact]
    public async Task A_mandatory_record_that_nobody_takes_is_not_stored()
    {
        var engine = await StartWithTopicAsync();
        (await TryPublishAsync(engine, Text("a") with { Mandatory = true })).Failure.ShouldBeOfType<Failure.Unroutable>();
        (await ReadEverythingAsync(engine)).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_cannot_be_is_refused_with_all_its_faults()
    {
        var engine = await StartWithTopicAsync(new TopicSettingsChange { Partitions = 2 });
        var bad = Text("a") with
        {
            Key = new string('k', 129),
            RoutingKey = "a\u0001",
            DeduplicationId = "",
            Partition = 2,
            ExpectedOffset = -1,
            Priority = 10,
            Delay = TimeSpan.FromSeconds(-1),
            TimeToLive = TimeSpan.Zero,
            ContentType = "é",
        };
        (await TryPublishAsync(engine, bad))
            .Failure.ShouldBeOfType<Failure.Invalid>()
            .Faults.Select(f => f.Field)
            .ShouldBe(
                [
                    "key",
                    "routingKey",
                    "deduplicationId",
                    "partition",
                    "expectedOffset",
                    "priority",
                    "delaySeconds",
                    "ttlSeconds",
                    "contentType",
                ],
                ignoreOrder: true
            );
        (await TryPublishAsync(engine, Text("a") with { ExpectedOffset = 0 }))
            .Failure.ShouldBeOfType<Failure.Invalid>()
            .Faults.ShouldHaveSingleItem()
            .Field.ShouldBe("expectedOffset");
        (await engine.Topics.PublishAsync(Topic("nobody"), Text("a"), Cancellation)).Failure.ShouldBeOfType<Failure.TopicNotFound>();
    }

    [Fact]
    public async Task A_topic_whose_name_ends_in_fifo_takes_nothing_without_a_key()
    {
        var engine = Start();
        var fifo = Topic("events.fifo");
        await engine.Topics.PutTopicAsync(fifo, OnePartition, default, Cancellation);
        (await engine.Topics.PublishAsync(fifo, Text("a"), Cancellation))
            .Failure.ShouldBeOfType<Failure.Invalid>()
            .Faults.ShouldHaveSingleItem()
            .Field.ShouldBe("key");
        (await engine.Topics.PublishAsync(fifo, Text("a") with { Key = "k" }, Cancellation)).Value.Offset.ShouldBe(0);
    }
}
