using FuncQueue.Engine.Tests.Support;
using FuncQueue.Engine.Topics;
using FuncQueue.Engine.Topics.Log;
using FuncQueue.Engine.Topics.Records;
using FuncQueue.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace FuncQueue.Engine.Tests.Topics.Retention;

/// <summary>
/// Records are kept for the topic's retention, and until every subscription has taken them; then they go, with their payloads.
/// </summary>
[Trait("Guarantee", "7")]
public sealed class RetentionTests(AzuriteFixture azurite) : TopicTest(azurite)
{
    private static readonly TopicSettingsChange AnHour = OnePartition with { Retention = TimeSpan.FromHours(1) };

    [Fact]
    public async Task What_is_past_retention_goes_and_nothing_else()
    {
        var (engine, other) = (await StartWithTopicAsync(AnHour), Start());
        for (var i = 0; i < 6; i++)
        {
            await PublishAsync(engine, $"{i}");
            Time.Advance(TimeSpan.FromMinutes(20));
        }

        // 120, 100, 80, 60 (not past it yet), 40 and 20 minutes old.
        (await SweepAsync(other)).RecordsRemoved.ShouldBe(3);
        (await TextsAsync(other)).ShouldBe(["3", "4", "5"]);
        (await TryReadAsync(other, new ReadFrom.Offset(2))).Failure.ShouldBe(new Failure.OffsetExpired(3));
        (await SweepAsync(other)).RecordsRemoved.ShouldBe(0);
        (await PublishAsync(engine, "6")).Offset.ShouldBe(6);
        Time.Advance(TimeSpan.FromHours(3));
        (await SweepAsync(other)).RecordsRemoved.ShouldBe(4);
        var third = Start();
        (await TryReadAsync(third, new ReadFrom.Offset(5))).Failure.ShouldBe(new Failure.OffsetExpired(7));
        (await PublishAsync(third, "7")).Offset.ShouldBe(7);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(-1, 1)]
    [InlineData(1, -1)]
    [InlineData(-2, 2)]
    public async Task A_record_can_be_read_for_its_retention_also_by_clocks_that_are_seconds_off(int publishing, int sweeping)
    {
        var clocks = new[] { publishing, sweeping }
            .Select(off => new FakeTimeProvider(Time.GetUtcNow() + TimeSpan.FromSeconds(off)))
            .ToList();
        var (engine, other) = (await StartWithTopicAsync(AnHour, clocks[0]), Start(time: clocks[1]));
        await PublishAsync(engine, "a");
        for (var minute = 1; minute <= 60; minute++)
        {
            clocks.ForEach(clock => clock.Advance(TimeSpan.FromMinutes(1)));
            if (minute % 20 == 0)
                (await other.Topics.SweepAsync(everything: true, Cancellation).WithinPatienceAsync()).Value.RecordsRemoved.ShouldBe(0);
        }

        (await TextsAsync(Start(time: clocks[1]))).ShouldBe(["a"]);
        // Once no two clocks can differ so much, it goes.
        clocks.ForEach(clock => clock.Advance(TimeSpan.FromSeconds(11)));
        (await other.Topics.SweepAsync(everything: true, Cancellation).WithinPatienceAsync()).Value.RecordsRemoved.ShouldBe(1);
    }

    [Fact]
    public async Task For_ever_means_for_ever_and_none_means_ten_minutes_in_which_a_lost_answer_is_settled()
    {
        var engine = await StartWithTopicAsync(OnePartition with { Retention = (TimeSpan?)null });
        await PublishAsync(engine, "a");
        Time.Advance(TimeSpan.FromDays(400));
        (await SweepAsync(engine)).RecordsRemoved.ShouldBe(0);
        await PutAsync(engine, new TopicSettingsChange { Retention = TimeSpan.Zero });
        await PublishAsync(engine, "b");
        (await SweepAsync(engine)).RecordsRemoved.ShouldBe(1);
        Time.Advance(TimeSpan.FromMinutes(11));
        (await SweepAsync(engine)).RecordsRemoved.ShouldBe(1);
    }

    [Fact]
    public async Task What_a_subscription_has_still_to_take_stays()
    {
        var engine = await StartWithTopicAsync(AnHour);
        for (var i = 0; i < 5; i++)
            await PublishAsync(engine, $"{i}");
        Time.Advance(TimeSpan.FromHours(2));
        var cursors = new Cursors { Least = 3 };
        var topics = new TopicEngine(Start().Engine, _ => cursors);
        (await topics.SweepAsync(everything: false, Cancellation)).Value.RecordsRemoved.ShouldBe(3);
        (await TextsAsync(Start())).ShouldBe(["3", "4"]);
        cursors.Least = 5;
        Time.Advance(TimeSpan.FromMinutes(1));
        (await topics.SweepAsync(everything: false, Cancellation)).Value.RecordsRemoved.ShouldBe(2);
    }

    [Fact]
    public async Task A_cursor_that_is_set_back_while_a_sweep_is_under_way_keeps_what_it_needs()
    {
        var engine = await StartWithTopicAsync(AnHour);
        for (var i = 0; i < 5; i++)
            await PublishAsync(engine, $"{i}");
        Time.Advance(TimeSpan.FromHours(2));
        var sweeping = Start();
        var cursors = new Cursors { Least = long.MaxValue };
        var raise = sweeping.Faults.Hold(r => r.IsTableWrite && r.Operations.Any(o => o.RowKey == "b"));
        var sweep = new TopicEngine(sweeping.Engine, _ => cursors).SweepAsync(everything: false, Cancellation);
        await raise.Reached;
        // Written before the floor is: whoever wrote it reads the floor and finds nothing gone.
        cursors.Least = 2;
        raise.Release();
        (await sweep).Value.RecordsRemoved.ShouldBe(2);
        (await TextsAsync(Start())).ShouldBe(["2", "3", "4"]);
    }

    [Fact]
    public async Task Payloads_go_with_their_records_and_others_stay()
    {
        var engine = await StartWithTopicAsync(AnHour);
        await PublishAllAsync(engine, Enumerable.Range(0, 5).Select(_ => Large()));
        Time.Advance(TimeSpan.FromMinutes(90));
        var kept = await PublishAsync(engine, Large());
        (await Blobs.NamesAsync()).Count.ShouldBe(6);
        (await SweepAsync(engine)).ShouldSatisfyAllConditions(r => r.RecordsRemoved.ShouldBe(5), r => r.PayloadsDeleted.ShouldBe(5));
        (await Blobs.NamesAsync()).Count.ShouldBe(1);
        await using var body = (await Start().Topics.OpenBodyAsync(Events, 0, kept.Offset, Cancellation)).Value;
        body.Length.ShouldBe(40_000);
    }

    [Fact]
    public async Task Thousands_of_rows_go_by_hundreds()
    {
        var engine = await StartWithTopicAsync(AnHour);
        for (var i = 0; i < 250; i++)
            await PublishAsync(engine, $"{i}");
        Time.Advance(TimeSpan.FromHours(2));
        var other = Start();
        (await SweepAsync(other)).RecordsRemoved.ShouldBe(250);
        other.Requests.CountOf(r => r.IsTableWrite && r.Operations.Any(o => o.IsOn("r"))).ShouldBe(3);
    }

    public static TheoryData<int> Cuts => [.. Enumerable.Range(0, 7)];

    [Theory]
    [MemberData(nameof(Cuts))]
    public async Task Cut_between_any_two_writes_it_is_finished_by_the_next(int writes)
    {
        var (engine, dying) = (await StartWithTopicAsync(AnHour), Start());
        await PublishAllAsync(engine, Enumerable.Range(0, 3).Select(_ => Large()));
        await PublishAsync(engine, Text("a") with { DeduplicationId = "d" });
        Time.Advance(TimeSpan.FromMinutes(90));
        await PublishAsync(engine, "b");
        var seen = 0;
        var held = dying.Faults.Hold(r => !r.IsRead && seen++ == writes);
        var sweep = dying.Topics.SweepAsync(everything: false, Cancellation);
        await Task.WhenAny(held.Reached, sweep);
        dying.Kill();
        held.Release();
        await SweepAsync(engine);
        await SweepAsync(engine);
        (await TextsAsync(Start())).ShouldBe(["b"]);
        (await Blobs.NamesAsync()).ShouldBeEmpty();
        (await TableAsync(engine))
            .Query<Azure.Data.Tables.TableEntity>(cancellationToken: Cancellation)
            .Select(r => r.RowKey[..1])
            .Order()
            .ShouldBe(["b", "h", "r"]);
    }

    [Fact]
    public async Task Deduplication_ids_are_forgotten_when_their_windows_are_over()
    {
        var engine = await StartWithTopicAsync(OnePartition with { DeduplicationWindow = TimeSpan.FromMinutes(1) });
        await PublishAsync(engine, Text("a") with { DeduplicationId = "a" });
        Time.Advance(TimeSpan.FromMinutes(2));
        await PublishAsync(engine, Text("b") with { DeduplicationId = "b" });
        await SweepAsync(engine);
        var rows = (await TableAsync(engine))
            .Query<Azure.Data.Tables.TableEntity>(cancellationToken: Cancellation)
            .Select(r => r.RowKey[..1])
            .Order();
        rows.ShouldBe(["h", "k", "r", "r", "x"]);
        (await PublishAsync(engine, Text("b") with { DeduplicationId = "b" })).Duplicate.ShouldBeTrue();
    }

    [Fact]
    public async Task A_quiet_topic_is_visited_again_only_when_something_is_due_and_costs_one_query_until_then()
    {
        var (engine, sweeping) = (await StartWithTopicAsync(AnHour), Start());
        await PublishAsync(engine, "a");
        Time.Advance(TimeSpan.FromMinutes(5));
        (await SweepAsync(sweeping)).TopicsVisited.ShouldBe(1);
        sweeping.Requests.Clear();
        (await SweepAsync(sweeping)).TopicsVisited.ShouldBe(0);
        sweeping.Requests.Count.ShouldBe(1);
        Time.Advance(TimeSpan.FromMinutes(56));
        (await SweepAsync(sweeping)).ShouldSatisfyAllConditions(r => r.TopicsVisited.ShouldBe(1), r => r.RecordsRemoved.ShouldBe(1));
        await SweepAsync(sweeping);
        sweeping.Requests.Clear();
        Time.Advance(TimeSpan.FromDays(10));
        (await SweepAsync(sweeping)).TopicsVisited.ShouldBe(0);
        sweeping.Requests.Count.ShouldBe(1);
        // What is stored then is marked.
        await PublishAsync(engine, "b");
        (await SweepAsync(sweeping)).TopicsVisited.ShouldBe(1);
    }

    [Fact]
    public async Task A_topic_whose_mark_is_lost_is_found_by_a_sweep_of_everything()
    {
        var engine = await StartWithTopicAsync(AnHour);
        await PublishAsync(engine, "a");
        var registry = new Azure.Data.Tables.TableClient(Azurite.ConnectionString, Options.RegistryTable);
        foreach (
            var mark in registry
                .Query<Azure.Data.Tables.TableEntity>("RowKey ge 'l:' and RowKey lt 'm'", cancellationToken: Cancellation)
                .ToList()
        )
            await registry.DeleteEntityAsync(mark.PartitionKey, mark.RowKey, cancellationToken: Cancellation);
        Time.Advance(TimeSpan.FromHours(2));
        (await SweepAsync(Start())).RecordsRemoved.ShouldBe(0);
        (await Start().Topics.SweepAsync(everything: true, Cancellation)).Value.RecordsRemoved.ShouldBe(1);
    }

    private static PublishRequest Large() => new() { Body = MessageBody.FromBytes(new byte[40_000]) };

    private static async Task<TopicSweepReport> SweepAsync(TestEngine engine)
    {
        var report = (await engine.Topics.SweepAsync(everything: false, Cancellation).WithinPatienceAsync()).Value;
        report.TopicsFailed.ShouldBe(0);
        return report;
    }

    /// <summary>Subscriptions that have taken everything up to an offset.</summary>
    private sealed class Cursors : ITopicSubscriptions
    {
        public long Least { get; set; }

        public IRoutes Known => NoRoutes.Instance;

        public ValueTask<Failure?> LearnAsync(long version, CancellationToken cancellationToken) => default;

        public void Appended(RecordRow row, LogHead head) { }

        public Task<long> LeastNeededAsync(int partition, long end, CancellationToken cancellationToken) =>
            Task.FromResult(Math.Min(Least, end));

        public Task<Failure?> EndSourcesAsync(CancellationToken cancellationToken) => Task.FromResult<Failure?>(null);

        public Task<Outcome<bool>> DrainAsync(bool drop, TimeSpan time, CancellationToken cancellationToken) =>
            Task.FromResult<Outcome<bool>>(true);

        public Task WhenIdleAsync() => Task.CompletedTask;
    }
}
