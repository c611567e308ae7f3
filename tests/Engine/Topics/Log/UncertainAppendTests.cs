using Azure;
using Azure.Data.Tables;
using FuncQueue.Engine.Tests.Support;
using FuncQueue.Tests.Support;

namespace FuncQueue.Engine.Tests.Topics.Log;

/// <summary>What becomes of an append whose answer, or whose request, is lost: it is stored once, or told as not known.</summary>
[Trait("Guarantee", "7")]
[Trait("Guarantee", "5")]
public sealed class UncertainAppendTests(AzuriteFixture azurite) : TopicTest(azurite)
{
    private static readonly Func<StorageRequest, bool> Append = r => r.AppendsRecords;
    private static readonly Func<StorageRequest, bool> Look = r => r.ReadsHead;

    [Fact]
    public async Task A_record_whose_answer_was_lost_is_there_once_and_told_as_stored()
    {
        var (engine, other) = (await StartWithTopicAsync(), Start());
        await PublishAsync(engine, "a");
        engine.Faults.LoseAnswer(Append);
        (await PublishAsync(engine, "b")).Offset.ShouldBe(1);
        (await PublishAsync(other, "c")).Offset.ShouldBe(2);
        (await PublishAsync(engine, "d")).Offset.ShouldBe(3);
        (await TextsAsync(other)).ShouldBe(["a", "b", "c", "d"]);
    }

    [Fact]
    public async Task The_first_record_of_all_whose_answer_was_lost_is_there_once()
    {
        var engine = await StartWithTopicAsync();
        engine.Faults.LoseAnswer(Append);
        (await PublishAsync(engine, "a")).Offset.ShouldBe(0);
        engine.Faults.LoseRequest(Append);
        (await PublishAsync(engine, "b")).Offset.ShouldBe(1);
        (await TextsAsync(engine)).ShouldBe(["a", "b"]);
    }

    [Fact]
    public async Task A_record_whose_request_was_lost_is_sent_again_and_stored_once_though_the_first_arrives_late()
    {
        var (engine, other) = (await StartWithTopicAsync(), Start());
        await PublishAsync(engine, "a");
        var late = engine.Faults.Delay(Append);
        (await PublishAsync(engine, "b")).Offset.ShouldBe(1);
        (await late.ArriveAsync()).ShouldContain("412");
        (await PublishAsync(other, "c")).Offset.ShouldBe(2);
        (await TextsAsync(other)).ShouldBe(["a", "b", "c"]);
    }

    [Fact]
    public async Task A_record_that_arrives_late_but_before_its_repetition_is_stored_once_and_told_as_stored()
    {
        var engine = await StartWithTopicAsync();
        await PublishAsync(engine, "a");
        var late = engine.Faults.Delay(Append);
        var again = engine.Faults.Hold(Append);
        var publish = PublishAsync(engine, "b");
        await again.Reached;
        (await late.ArriveAsync()).ShouldContain("204");
        again.Release();
        (await publish).Offset.ShouldBe(1);
        (await PublishAsync(engine, "c")).Offset.ShouldBe(2);
        (await TextsAsync(engine)).ShouldBe(["a", "b", "c"]);
    }

    [Fact]
    public async Task A_lost_record_at_whose_offset_another_process_has_stored_its_own_is_stored_behind()
    {
        var (engine, other) = (await StartWithTopicAsync(), Start());
        await PublishAsync(engine, "a");
        var late = engine.Faults.Delay(Append);
        var look = engine.Faults.Hold(Look);
        var publish = PublishAsync(engine, "b");
        await look.Reached;
        // One record, too: its row has the very key that the lost one would have.
        (await PublishAsync(other, "x")).Offset.ShouldBe(1);
        look.Release();
        (await publish).Offset.ShouldBe(2);
        (await late.ArriveAsync()).ShouldContain("412");
        (await TextsAsync(other)).ShouldBe(["a", "x", "b"]);
    }

    [Fact]
    public async Task A_process_that_stood_still_until_its_record_was_removed_does_not_store_it_again()
    {
        var engine = await StartWithTopicAsync(OnePartition with { Retention = TimeSpan.Zero });
        await PublishAsync(engine, "a");
        var stall = engine.Faults.HoldLostAnswer(Append);
        var publish = TryPublishAsync(engine, Text("b"));
        await stall.Reached;
        Time.Advance(TimeSpan.FromMinutes(11));
        (await Start().Topics.SweepAsync(everything: true, Cancellation)).Value.RecordsRemoved.ShouldBe(2);
        stall.Release();
        (await publish).Failure.ShouldBeOfType<Failure.OutcomeUnknown>();
        (await TextsAsync(Start())).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_lost_record_is_stored_behind_where_nothing_but_the_heads_tag_has_changed()
    {
        var engine = await StartWithTopicAsync();
        await PublishAsync(engine, "a");
        var table = await TableAsync(engine);
        var late = engine.Faults.Delay(Append);
        var look = engine.Faults.Hold(Look);
        var publish = PublishAsync(engine, "b");
        await look.Reached;
        await table.UpdateEntityAsync(new TableEntity("00", "h") { ["Knocked"] = true }, ETag.All, TableUpdateMode.Merge, Cancellation);
        look.Release();
        (await publish).Offset.ShouldBe(1);
        (await late.ArriveAsync()).ShouldContain("412");
        (await TextsAsync(engine)).ShouldBe(["a", "b"]);
    }

    [Fact]
    public async Task Of_many_that_share_a_lost_append_each_is_told_its_own_offset()
    {
        var (engine, other) = (await StartWithTopicAsync(), Start());
        await PublishAsync(engine, "first");
        var held = engine.Faults.Hold(Append);
        var first = PublishAsync(engine, "second");
        await held.Reached;
        var others = Enumerable.Range(0, 20).Select(async i => (Text: $"{i}", At: await PublishAsync(engine, $"{i}"))).ToList();
        engine.Faults.LoseAnswer(Append);
        held.Release();
        await first;
        var texts = await Task.WhenAll(others);
        var stored = await TextsAsync(other);
        stored.Count.ShouldBe(22);
        foreach (var (text, at) in texts)
            stored[(int)at.Offset].ShouldBe(text);
    }

    [Fact]
    public async Task An_append_that_storage_says_nothing_about_for_two_minutes_is_not_known()
    {
        var engine = await StartWithTopicAsync();
        await PublishAsync(engine, "a");
        var lost = engine.Faults.LoseRequest(r => Append(r) || Look(r), times: int.MaxValue);
        var publish = TryPublishAsync(engine, Text("b"));
        await Eventually.HoldsAsync("it was tried again", () => lost.Count > 2);
        publish.IsCompleted.ShouldBeFalse();
        Time.Advance(TimeSpan.FromMinutes(2));
        (await publish).Failure.ShouldBeOfType<Failure.OutcomeUnknown>();
        engine.Faults.Clear();
        (await PublishAsync(engine, "c")).Offset.ShouldBe(1);
        (await TextsAsync(engine)).ShouldBe(["a", "c"]);
    }

    [Fact]
    public async Task An_append_that_was_throttled_is_told_so_and_not_stored()
    {
        var engine = await StartWithTopicAsync();
        await PublishAsync(engine, "a");
        engine.Faults.Throttle(Append);
        (await TryPublishAsync(engine, Text("b"))).Failure.ShouldBeOfType<Failure.StorageThrottled>();
        (await PublishAsync(engine, "c")).Offset.ShouldBe(1);
        (await TextsAsync(engine)).ShouldBe(["a", "c"]);
    }

    [Fact]
    public async Task An_append_that_was_carried_out_and_called_throttled_is_told_as_stored()
    {
        var engine = await StartWithTopicAsync();
        await PublishAsync(engine, "a");
        engine.Faults.ThrottleAfterwards(Append);
        (await PublishAsync(engine, "b")).Offset.ShouldBe(1);
        (await TextsAsync(engine)).ShouldBe(["a", "b"]);
    }

    [Fact]
    public async Task An_append_that_storage_refuses_is_told_as_not_done()
    {
        var engine = await StartWithTopicAsync();
        await PublishAsync(engine, "a");
        engine.Faults.Refuse(Append);
        (await TryPublishAsync(engine, Text("b"))).Failure.ShouldBeOfType<Failure.StorageUnavailable>();
        (await TextsAsync(engine)).ShouldBe(["a"]);
    }

    [Fact]
    public async Task What_a_process_has_stored_when_it_is_killed_is_whole_and_the_next_goes_on_behind()
    {
        var (engine, other) = (await StartWithTopicAsync(), Start());
        await PublishAsync(engine, "a");
        engine.Faults.LoseAnswer(Append, times: int.MaxValue);
        var look = engine.Faults.Hold(Look);
        _ = TryPublishAsync(engine, Text("b"));
        await look.Reached;
        engine.Kill();
        (await PublishAsync(other, "c")).Offset.ShouldBe(2);
        (await TextsAsync(other)).ShouldBe(["a", "b", "c"]);
    }

    [Fact]
    public async Task Nothing_is_stored_twice_or_lost_while_answers_and_requests_of_several_processes_are()
    {
        var engines = new[] { await StartWithTopicAsync(), Start(), Start() };
        foreach (var engine in engines)
            await PublishAsync(engine, "warm");
        var stop = false;
        var faults = Task.Run(
            async () =>
            {
                var random = new Random(7);
                while (!Volatile.Read(ref stop))
                {
                    var faulty = engines[random.Next(engines.Length)].Faults;
                    _ = random.Next(3) switch
                    {
                        0 => faulty.LoseAnswer(Append),
                        1 => faulty.LoseRequest(Append),
                        _ => faulty.Overtake(Append),
                    };
                    await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, Cancellation);
                }
            },
            Cancellation
        );
        var published = await Task.WhenAll(
            engines.SelectMany(
                (engine, e) =>
                    Enumerable
                        .Range(0, 8)
                        .Select(async caller =>
                        {
                            var offsets = new List<(string, long)>();
                            for (var i = 0; i < 12; i++)
                            {
                                var text = $"{e}.{caller}.{i}";
                                offsets.Add((text, (await PublishAsync(engine, text)).Offset));
                            }

                            return offsets;
                        })
            )
        );
        Volatile.Write(ref stop, true);
        await faults;
        foreach (var engine in engines)
        {
            engine.Faults.Clear();
            await engine.Faults.AllArrivedAsync();
        }

        var records = await ReadEverythingAsync(Start(), pageSize: 1000);
        records.Select(r => r.Offset).ShouldBe(Enumerable.Range(0, records.Count).Select(i => (long)i));
        var told = published.SelectMany(p => p).ToList();
        records.Count.ShouldBe(told.Count + 3);
        foreach (var (text, offset) in told)
            TextOf(records[(int)offset]).ShouldBe(text);
    }
}
