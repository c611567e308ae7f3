using FuncQueue.Engine.Tests.Support;
using FuncQueue.Engine.Topics;
using FuncQueue.Tests.Support;

namespace FuncQueue.Engine.Tests.Topics.Reading;

/// <summary>A partition is read from any offset or instant, as long as its records are there.</summary>
[Trait("Guarantee", "7")]
public sealed class ReadTests(AzuriteFixture azurite) : TopicTest(azurite)
{
    [Fact]
    public async Task It_is_read_from_the_beginning_from_an_offset_from_an_instant_and_from_the_end()
    {
        var engine = await StartWithTopicAsync();
        var began = Time.GetUtcNow();
        for (var i = 0; i < 10; i++)
        {
            await PublishAsync(engine, $"{i}");
            Time.Advance(TimeSpan.FromSeconds(1));
        }

        foreach (var process in new[] { engine, Start() })
        {
            (await ReadAsync(process, new ReadFrom.Earliest())).ShouldBe((10, 0, 10, 10));
            (await ReadAsync(process, new ReadFrom.Offset(7))).ShouldBe((3, 7, 10, 10));
            (await ReadAsync(process, new ReadFrom.Offset(10))).ShouldBe((0, null, 10, 10));
            (await ReadAsync(process, new ReadFrom.Latest())).ShouldBe((0, null, 10, 10));
            (await ReadAsync(process, new ReadFrom.Instant(began))).ShouldBe((10, 0, 10, 10));
            (await ReadAsync(process, new ReadFrom.Instant(began.AddSeconds(4)))).ShouldBe((6, 4, 10, 10));
            (await ReadAsync(process, new ReadFrom.Instant(began.AddSeconds(4.5)))).ShouldBe((5, 5, 10, 10));
            (await ReadAsync(process, new ReadFrom.Instant(began.AddDays(-1)))).ShouldBe((10, 0, 10, 10));
            (await ReadAsync(process, new ReadFrom.Instant(began.AddDays(1)))).ShouldBe((0, null, 10, 10));
        }
    }

    [Fact]
    public async Task An_empty_partition_is_read_as_one()
    {
        var engine = await StartWithTopicAsync();
        (await ReadAsync(engine, new ReadFrom.Earliest())).ShouldBe((0, null, 0, 0));
        (await ReadAsync(engine, new ReadFrom.Latest())).ShouldBe((0, null, 0, 0));
        (await ReadAsync(engine, new ReadFrom.Instant(Time.GetUtcNow()))).ShouldBe((0, null, 0, 0));
        (await ReadAsync(engine, new ReadFrom.Offset(0))).ShouldBe((0, null, 0, 0));
    }

    [Fact]
    public async Task Beyond_the_end_there_is_nothing_to_read()
    {
        var engine = await StartWithTopicAsync();
        await PublishAsync(engine, "a");
        foreach (var process in new[] { engine, Start() })
            (await TryReadAsync(process, new ReadFrom.Offset(2)))
                .Failure.ShouldBeOfType<Failure.Invalid>()
                .Faults.ShouldHaveSingleItem()
                .Field.ShouldBe("from");
        // What others have stored since counts.
        await PublishAsync(Start(), "b");
        await PublishAsync(Start(), "c");
        (await ReadAsync(engine, new ReadFrom.Offset(2))).ShouldBe((1, 2, 3, 3));
    }

    [Fact]
    public async Task A_read_ends_at_the_records_or_bytes_that_are_asked_for_and_the_next_goes_on()
    {
        var engine = await StartWithTopicAsync();
        await PublishAllAsync(engine, Enumerable.Range(0, 50).Select(_ => Bytes(1000)));
        await PublishAllAsync(engine, Enumerable.Range(0, 50).Select(_ => Bytes(1000)));
        foreach (var process in new[] { engine, Start() })
        {
            (await ReadAsync(process, new ReadFrom.Offset(20), maxRecords: 60)).ShouldBe((60, 20, 80, 100));
            (await ReadAsync(process, new ReadFrom.Offset(45), maxBytes: 10_000)).ShouldBe((10, 45, 55, 100));
            // The first comes, however long it is.
            (await ReadAsync(process, new ReadFrom.Offset(45), maxBytes: 10)).ShouldBe((1, 45, 46, 100));
        }
    }

    [Fact]
    public async Task A_record_is_found_by_its_offset_and_others_are_said_not_to_be_there()
    {
        var engine = await StartWithTopicAsync(new TopicSettingsChange { Partitions = 2 });
        await PublishAllAsync(engine, Enumerable.Range(0, 5).Select(i => Text($"{i}") with { Partition = 1 }));
        var other = Start();
        TextOf((await other.Topics.FindRecordAsync(Events, 1, 3, Cancellation)).Value).ShouldBe("3");
        (await other.Topics.FindRecordAsync(Events, 1, 5, Cancellation)).Failure.ShouldBeOfType<Failure.RecordNotFound>();
        (await other.Topics.FindRecordAsync(Events, 0, 0, Cancellation)).Failure.ShouldBeOfType<Failure.RecordNotFound>();
        (await other.Topics.FindRecordAsync(Events, 1, -1, Cancellation)).Failure.ShouldBeOfType<Failure.RecordNotFound>();
        (await other.Topics.FindRecordAsync(Events, 2, 0, Cancellation)).Failure.ShouldBeOfType<Failure.Invalid>();
    }

    [Fact]
    public async Task What_was_removed_is_said_to_be_with_the_first_offset_that_is_there()
    {
        var engine = await StartWithTopicAsync();
        for (var i = 0; i < 4; i++)
            await PublishAsync(engine, $"{i}");
        var table = await TableAsync(engine);
        var rows = table
            .Query<Azure.Data.Tables.TableEntity>("RowKey ge 'r' and RowKey lt 's'", cancellationToken: Cancellation)
            .Select(r => r.RowKey)
            .Order()
            .ToList();
        foreach (var row in rows.Take(2))
            await table.DeleteEntityAsync("00", row, cancellationToken: Cancellation);
        var other = Start();
        (await TryReadAsync(other, new ReadFrom.Offset(1))).Failure.ShouldBe(new Failure.OffsetExpired(2));
        (await other.Topics.FindRecordAsync(Events, 0, 0, Cancellation)).Failure.ShouldBe(new Failure.OffsetExpired(2));
        (await ReadAsync(other, new ReadFrom.Earliest())).ShouldBe((2, 2, 4, 4));
        (await ReadAsync(other, new ReadFrom.Instant(Time.GetUtcNow().AddDays(-1)))).ShouldBe((2, 2, 4, 4));
        foreach (var row in rows.Skip(2))
            await table.DeleteEntityAsync("00", row, cancellationToken: Cancellation);
        var third = Start();
        (await TryReadAsync(third, new ReadFrom.Offset(1))).Failure.ShouldBe(new Failure.OffsetExpired(4));
        (await ReadAsync(third, new ReadFrom.Earliest())).ShouldBe((0, null, 4, 4));
        (await ReadAsync(third, new ReadFrom.Instant(Time.GetUtcNow()))).ShouldBe((0, null, 4, 4));
        (await third.Topics.GetTopicAsync(Events, Cancellation))
            .Value.Partitions.ShouldHaveSingleItem()
            .ShouldSatisfyAllConditions(p => p.FirstOffset.ShouldBe(4), p => p.NextOffset.ShouldBe(4));
    }

    [Fact]
    public async Task A_row_of_a_later_version_stops_readers_in_front_of_it_and_is_left_untouched()
    {
        ExpectsErrors = true;
        var engine = await StartWithTopicAsync();
        await PublishAsync(engine, "a");
        await PublishAsync(engine, "b");
        await PublishAsync(engine, "c");
        var table = await TableAsync(engine);
        var row = table
            .Query<Azure.Data.Tables.TableEntity>("RowKey ge 'r0000000000000001' and RowKey lt 's'", cancellationToken: Cancellation)
            .First();
        row["Index"] = new byte[] { 99, 1, 2 };
        await table.UpdateEntityAsync(row, row.ETag, Azure.Data.Tables.TableUpdateMode.Replace, Cancellation);
        var other = Start();
        (await ReadAsync(other, new ReadFrom.Earliest())).ShouldBe((1, 0, 1, 3));
        (await TryReadAsync(other, new ReadFrom.Offset(1))).Failure.ShouldBeOfType<Failure.RecordUnreadable>();
        (await other.Topics.FindRecordAsync(Events, 0, 1, Cancellation)).Failure.ShouldBeOfType<Failure.RecordUnreadable>();
        (await ReadAsync(other, new ReadFrom.Offset(2))).ShouldBe((1, 2, 3, 3));
    }

    [Fact]
    public async Task What_a_process_has_stored_it_reads_from_memory()
    {
        var engine = await StartWithTopicAsync();
        await PublishAllAsync(engine, Enumerable.Range(0, 20).Select(i => Text($"{i}")));
        engine.Requests.Clear();
        (await ReadAsync(engine, new ReadFrom.Offset(5))).ShouldBe((15, 5, 20, 20));
        engine.Requests.Count.ShouldBe(0);
    }

    [Fact]
    public async Task Bad_reads_are_refused_with_all_their_faults()
    {
        var engine = await StartWithTopicAsync();
        var request = new ReadRequest
        {
            Partition = 1,
            From = new ReadFrom.Offset(-1),
            MaxRecords = 0,
            MaxBytes = 0,
            Wait = TimeSpan.FromSeconds(21),
        };
        (await TryReadAsync(engine, request))
            .Failure.ShouldBeOfType<Failure.Invalid>()
            .Faults.Select(f => f.Field)
            .ShouldBe(["partition", "from", "maxRecords", "maxBytes", "waitSeconds"]);
    }

    private static PublishRequest Bytes(int length) => new() { Body = MessageBody.FromBytes(new byte[length]) };

    /// <summary>How many records, the first offset, where to read on, and the end.</summary>
    private static async Task<(int Count, long? First, long Next, long End)> ReadAsync(
        TestEngine engine,
        ReadFrom from,
        int maxRecords = 100,
        int maxBytes = 1024 * 1024
    )
    {
        var request = new ReadRequest
        {
            Partition = 0,
            From = from,
            MaxRecords = maxRecords,
            MaxBytes = maxBytes,
        };
        var page = (await TryReadAsync(engine, request)).Value;
        return (page.Records.Count, page.Records.Count > 0 ? page.Records[0].Offset : null, page.NextOffset, page.EndOffset);
    }
}
