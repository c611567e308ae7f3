using FuncQueue.Engine.Tests.Support;
using FuncQueue.Engine.Topics;
using FuncQueue.Tests.Support;

namespace FuncQueue.Engine.Tests.Topics.Retention;

/// <summary>Of each key the newest record stays; older ones go in the background, and readers never miss an offset.</summary>
public sealed class CompactionTests(AzuriteFixture azurite) : TopicTest(azurite)
{
    private static readonly TopicSettingsChange Compacted = OnePartition with { Compact = true, TombstoneTime = TimeSpan.FromHours(1) };

    private static readonly TimeSpan Old = TimeSpan.FromMinutes(11);

    [Fact]
    public async Task Of_each_key_the_newest_stays_at_its_offset_and_records_without_a_key_stay()
    {
        var (engine, other) = (await StartWithTopicAsync(Compacted), Start());
        await PublishKeyedAsync(engine, ("a", "1"), ("b", "1"), (null, "x"), ("a", "2"));
        await PublishKeyedAsync(engine, ("b", "2"));
        await PublishKeyedAsync(engine, ("a", "3"));
        (await SweepAsync(other)).ShouldBe(0);
        Time.Advance(Old);
        (await SweepAsync(other)).ShouldBe(3);
        (await SweepAsync(other)).ShouldBe(0);
        var fresh = Start();
        (await ReadEverythingAsync(fresh))
            .Select(r => (r.Offset, r.Key, TextOf(r)))
            .ShouldBe([(2, null, "x"), (4, "b", "2"), (5, "a", "3")]);
        (await TryReadAsync(Start(), new ReadFrom.Offset(1))).Value.Records[0].Offset.ShouldBe(2);
        (await Start().Topics.FindRecordAsync(Events, 0, 0, Cancellation)).Failure.ShouldBeOfType<Failure.RecordNotFound>();
    }

    [Fact]
    public async Task Rows_that_are_left_without_records_go_and_the_next_one_covers_their_offsets()
    {
        var engine = await StartWithTopicAsync(Compacted);
        for (var i = 0; i < 8; i++)
            await PublishKeyedAsync(engine, ("a", $"{i}"));
        Time.Advance(Old);
        await SweepAsync(engine);
        var table = await TableAsync(engine);
        var rows = table.Query<Azure.Data.Tables.TableEntity>(e => e.PartitionKey == "00", cancellationToken: Cancellation).ToList();
        rows.Count(r => r.RowKey.StartsWith('r')).ShouldBe(1);
        var read = (await TryReadAsync(Start(), new ReadFrom.Offset(0))).Value;
        (read.Records.ShouldHaveSingleItem().Offset, read.NextOffset).ShouldBe((7, 8));
    }

    [Fact]
    public async Task The_newest_record_of_a_key_is_found_and_a_tombstone_is_none()
    {
        var (engine, other) = (await StartWithTopicAsync(Compacted with { Partitions = 4 }), Start());
        await PublishKeyedAsync(engine, ("a", "1"), ("b", "1"), ("a", "2"));
        (await KeyAsync(other, "a")).ShouldBe("2");
        await PublishKeyedAsync(engine, ("a", "3"), ("b", ""));
        (await KeyAsync(other, "a")).ShouldBe("3");
        (await KeyAsync(other, "b")).ShouldBeNull();
        (await KeyAsync(other, "c")).ShouldBeNull();
        Time.Advance(Old);
        await SweepAsync(other);
        (await KeyAsync(Start(), "a")).ShouldBe("3");
    }

    [Fact]
    public async Task A_tombstone_stays_for_its_time_and_until_every_group_has_passed_it()
    {
        var engine = await StartWithTopicAsync(Compacted);
        var group = TestEngine.Name("g");
        var read = new GroupReadRequest { Member = group, From = new ReadFrom.Earliest() };
        await PublishKeyedAsync(engine, ("a", "1"));
        await PublishKeyedAsync(engine, ("a", ""));
        await PublishKeyedAsync(engine, ("b", "1"));
        var first = (await engine.Topics.Groups.ReadAsync(Events, group, read, Cancellation)).Value;
        Time.Advance(Old);
        (await SweepAsync(engine)).ShouldBe(1);
        Time.Advance(TimeSpan.FromHours(2));
        (await SweepAsync(engine)).ShouldBe(0, "the group has not passed it");
        (await Start().Topics.Groups.ReadAsync(Events, group, read, Cancellation)).Value.Records.Count.ShouldBe(2);
        (await engine.Topics.Groups.CommitAsync(Events, group, [.. first.Tokens.Select(t => t.Token)], Cancellation)).Value.ShouldBe([
            TokenStatus.Ok,
        ]);
        (await SweepAsync(engine)).ShouldBe(1);
        (await ReadEverythingAsync(Start())).Select(r => r.Offset).ShouldBe([2]);
    }

    [Fact]
    public async Task A_compaction_that_is_cut_anywhere_loses_no_newest_record_and_another_goes_on()
    {
        var engine = await StartWithTopicAsync(Compacted);
        for (var i = 0; i < 12; i++)
            await PublishKeyedAsync(engine, ($"k{i % 3}", $"{i}"), ($"k{(i + 1) % 3}", $"{i}"));
        Time.Advance(Old);
        for (var cut = 1; cut < 40; cut += 3)
        {
            var left = cut;
            var process = Start();
            process.Faults.LoseAnswer(Replaces, 1);
            process.Faults.LoseRequest(r => Replaces(r) && --left < 0, int.MaxValue);
            _ = await process.Topics.SweepAsync(true, Cancellation).WithinPatienceAsync();
            var there = (await ReadEverythingAsync(Start())).GroupBy(r => r.Key).ToDictionary(g => g.Key!, g => TextOf(g.Last()));
            there.ShouldBe(
                new Dictionary<string, string>
                {
                    ["k0"] = "11",
                    ["k1"] = "10",
                    ["k2"] = "11",
                },
                ignoreOrder: true
            );
        }

        await SweepAsync(Start());
        (await ReadEverythingAsync(Start())).Count.ShouldBe(3);
    }

    [Fact]
    public async Task Retention_by_bytes_keeps_so_many_and_removes_what_is_older()
    {
        var engine = await StartWithTopicAsync(
            OnePartition with
            {
                Retention = (TimeSpan?)null,
                RetentionBytes = Limits.MinRetentionBytes,
            }
        );
        for (var i = 0; i < 100; i++)
            await PublishAsync(engine, new PublishRequest { Body = MessageBody.FromBytes(new byte[30_000]) });
        (await SweepAsync(engine)).ShouldBe(0, "they are young");
        Time.Advance(Old);
        // A little more than 1 MiB is left.
        (await SweepAsync(engine)).ShouldBe(100 - 35);
        (await SweepAsync(engine)).ShouldBe(0);
    }

    [Fact]
    public async Task Retention_waits_for_groups_where_it_is_told_to_and_not_elsewhere()
    {
        var engine = await StartWithTopicAsync(OnePartition with { Retention = TimeSpan.FromMinutes(20), KeepForGroups = true });
        var group = TestEngine.Name("g");
        for (var i = 0; i < 3; i++)
            await PublishAsync(engine, $"{i}");
        var read = (
            await engine.Topics.Groups.ReadAsync(
                Events,
                group,
                new GroupReadRequest
                {
                    Member = group,
                    From = new ReadFrom.Earliest(),
                    MaxRecords = 1,
                },
                Cancellation
            )
        ).Value;
        _ = await engine.Topics.Groups.CommitAsync(Events, group, [.. read.Tokens.Select(t => t.Token)], Cancellation);
        Time.Advance(TimeSpan.FromHours(1));
        (await SweepAsync(engine)).ShouldBe(1);
        (await TextsAsync(Start())).ShouldBe(["1", "2"]);
        await PutAsync(engine, new TopicSettingsChange { KeepForGroups = false });
        (await SweepAsync(engine)).ShouldBe(2);
    }

    [Fact]
    public async Task A_sweep_measures_how_far_groups_are_behind()
    {
        var engine = await StartWithTopicAsync(OnePartition with { Retention = (TimeSpan?)null });
        var group = TestEngine.Name("g");
        _ = (await engine.Topics.Groups.ReadAsync(Events, group, new GroupReadRequest { Member = group }, Cancellation)).Value;
        await PublishAsync(engine, "a");
        await PublishAsync(engine, "b");
        Time.Advance(TimeSpan.FromSeconds(90));
        await SweepAsync(engine);
        engine
            .Gauges.Where(g => g.Instrument.StartsWith("funcqueue.group", StringComparison.Ordinal))
            .Select(g => g.Value)
            .ShouldBe([2, 90], ignoreOrder: true);
    }

    private static bool Replaces(StorageRequest request) => request.IsTableWrite && request.Operations.Any(o => o.IsChange && o.IsOn("r"));

    private static async Task<int> SweepAsync(TestEngine engine)
    {
        var report = (await engine.Topics.SweepAsync(true, Cancellation).WithinPatienceAsync()).Value;
        report.TopicsFailed.ShouldBe(0);
        return report.RecordsRemoved;
    }

    private static async Task PublishKeyedAsync(TestEngine engine, params (string? Key, string Text)[] records)
    {
        foreach (var outcome in await PublishAllAsync(engine, records.Select(r => Text(r.Text) with { Key = r.Key })))
            _ = outcome.Value;
    }

    private static async Task<string?> KeyAsync(TestEngine engine, string key)
    {
        var found = await engine.Topics.FindKeyAsync(Events, key, Cancellation).WithinPatienceAsync();
        return found.Failure is Failure.RecordNotFound ? null : TextOf(found.Value);
    }
}
