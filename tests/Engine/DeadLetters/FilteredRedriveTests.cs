using FuncQueue.Engine.Tests.Support;

namespace FuncQueue.Engine.Tests.DeadLetters;

/// <summary>Redrives and purges of the dead letters that a filter means; dry runs; the summary of reasons.</summary>
[Trait("Guarantee", "1")]
public sealed class FilteredRedriveTests(AzuriteFixture azurite) : EngineTest(azurite)
{
    private static readonly QueueName Target = TestEngine.Name("target");

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_redrive_moves_what_the_filter_means_and_leaves_the_rest(bool toAnother)
    {
        var (engine, other) = (await StartWithQueueAsync(new QueueSettingsChange { Shards = 2 }), Start());
        await engine.Engine.PutQueueAsync(Target, new QueueSettingsChange(), default, Cancellation);
        await KillAsync(engine, 40, i => i % 2 == 0 ? "even" : "odd");
        var request = new RedriveRequest
        {
            Filter = new MessageFilter { Reason = "odd" },
            MaxMessages = 7,
            To = toAnother ? Target : null,
        };
        (await RedriveAsync(other, request)).ShouldBe(new Redriven(7, 33));
        (await RedriveAsync(other, request with { MaxMessages = null })).ShouldBe(new Redriven(13, 20));
        (await RedriveAsync(other, request)).ShouldBe(new Redriven(0, 20));
        other.Queue = toAnother ? Target : other.Queue;
        var moved = await other.DequeueEverythingAsync();
        moved.Select(m => int.Parse(m.Text(), System.Globalization.CultureInfo.InvariantCulture) % 2).ShouldAllBe(odd => odd == 1);
        moved.Select(m => m.Text()).Distinct().Count().ShouldBe(20);
    }

    [Theory]
    [InlineData("answer")]
    [InlineData("request")]
    [InlineData("late")]
    public async Task A_filtered_redrive_whose_write_is_lost_neither_loses_nor_doubles_a_message(string what)
    {
        var engine = await StartWithQueueAsync();
        await KillAsync(engine, 20, i => i < 10 ? "mine" : "other");
        LateRequest? late = null;
        if (what == "answer")
            engine.Faults.LoseAnswer(r => r.InsertsMessages);
        else if (what == "request")
            engine.Faults.LoseRequest(r => r.InsertsMessages);
        else
            late = engine.Faults.Delay(r => r.InsertsMessages);
        var request = new RedriveRequest { Filter = new MessageFilter { Reason = "mine" } };
        (await RedriveAsync(engine, request)).ShouldBe(new Redriven(10, 10));
        if (late is not null)
            await late.ArriveAsync();
        var messages = await Start().DequeueEverythingAsync();
        messages.Count.ShouldBe(10);
        messages.Select(m => m.Text()).Distinct().Count().ShouldBe(10);
    }

    [Fact]
    public async Task A_purge_of_dead_letters_drops_what_the_filter_means()
    {
        var engine = await StartWithQueueAsync();
        await KillAsync(engine, 3, _ => "old");
        Time.Advance(TimeSpan.FromHours(1));
        var since = Time.GetUtcNow();
        await KillAsync(engine, 5, _ => "new");
        (await PurgeAsync(engine, MessageSource.DeadLetters, new MessageFilter { Before = since })).ShouldBe(new Purged(3, true));
        (await PurgeAsync(engine, MessageSource.DeadLetters, new MessageFilter { After = since, Reason = "old" })).Count.ShouldBe(0);
        (await engine.CountsAsync()).DeadLettered.ShouldBe(5);
    }

    [Theory]
    [InlineData(QueueType.Standard)]
    [InlineData(QueueType.Fifo)]
    public async Task A_filtered_purge_takes_messages_out_of_their_rows_and_leaves_their_neighbours(QueueType type)
    {
        var (engine, other) = (await StartWithQueueAsync(new QueueSettingsChange { Type = type }), Start());
        await engine.EnqueueAllAsync(
            Enumerable.Range(0, 60).Select(i => TestEngine.Text($"{i}") with { GroupId = $"g{i % 3}", DeduplicationId = $"{i}" })
        );
        // Leased ones go, too, and their group is free.
        var leased = await engine.DequeueOneAsync(TimeSpan.FromHours(1));
        var (group, id) = (leased.Message.GroupId!, leased.Message.DeduplicationId);
        (await PurgeAsync(other, MessageSource.Live, new MessageFilter { GroupId = group })).ShouldBe(new Purged(20, true));
        (await engine.AckAsync(leased)).ShouldBe(SettleStatus.LeaseLost);
        (await engine.CountsAsync()).ShouldBe(new MessageCounts(40, 0, 0, 0));
        // What was dropped is still known as a repeat.
        (
            await engine.TryEnqueueAsync(TestEngine.Text("again") with { GroupId = group, DeduplicationId = id })
        ).Value.Duplicate.ShouldBeTrue();
        var rest = new List<DeliveredMessage>();
        while (await engine.DequeueAsync(100) is { Count: > 0 } some)
        {
            rest.AddRange(some);
            (await engine.TrySettleAsync(new Settlement.Ack(), some)).Value.ShouldAllBe(s => s.Status == SettleStatus.Ok);
        }

        rest.Count.ShouldBe(40);
        rest.ShouldAllBe(m => m.Message.GroupId != group);
        (await PurgeAsync(engine, MessageSource.Live, new MessageFilter { GroupId = group })).ShouldBe(new Purged(0, true));
    }

    [Theory]
    [InlineData("answer")]
    [InlineData("request")]
    public async Task A_filtered_purge_whose_write_is_lost_drops_nothing_else(string what)
    {
        var engine = await StartWithQueueAsync();
        await engine.EnqueueAllAsync(Enumerable.Range(0, 30).Select(i => TestEngine.Text($"{i}") with { GroupId = $"g{i % 3}" }));
        if (what == "answer")
            engine.Faults.LoseAnswer(r => r.ChangesMessages);
        else
            engine.Faults.LoseRequest(r => r.ChangesMessages);
        (await PurgeAsync(engine, MessageSource.Live, new MessageFilter { GroupId = "g0" })).Complete.ShouldBeTrue();
        (await Start().CountsAsync()).ShouldBe(new MessageCounts(20, 0, 0, 0));
    }

    [Fact]
    public async Task Payloads_of_what_a_filtered_purge_drops_are_collected_and_no_others()
    {
        var engine = await StartWithQueueAsync();
        var body = MessageBody.FromBytes(new byte[Limits.MaxInlineBodyBytes + 1]);
        await engine.EnqueueAllAsync(new[] { "a", "b", "a" }.Select(group => new NewMessage { Body = body, GroupId = group }));
        (await PurgeAsync(engine, MessageSource.Live, new MessageFilter { GroupId = "a" })).Count.ShouldBe(2);
        (await engine.SweepAsync(SweepScope.Storage)).PayloadsDeleted.ShouldBe(2);
        (await Blobs.NamesAsync()).Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_dry_run_tells_what_a_redrive_would_move_and_changes_nothing()
    {
        var (engine, other) = (await StartWithQueueAsync(new QueueSettingsChange { Shards = 2 }), Start());
        var ids = await KillAsync(engine, 10, i => i < 6 ? "mine" : "other");
        var request = new RedriveRequest { Filter = new MessageFilter { Reason = "mine" } };
        var preview = await PreviewAsync(other, request);
        preview.Matching.ShouldBe(6);
        preview.Examples.Count.ShouldBe(3);
        preview.Examples.ShouldAllBe(m => m.DeadLetterReason == "mine" && m.Status == MessageStatus.DeadLettered);
        (await PreviewAsync(other, new RedriveRequest())).Matching.ShouldBe(10);
        var held = await engine.DequeueOneAsync(source: MessageSource.DeadLetters);
        (await PreviewAsync(other, new RedriveRequest { MessageIds = [.. ids.Take(3), held.Id()] })).Matching.ShouldBe(
            ids.Take(3).Contains(held.Id()) ? 2 : 3
        );
        (await PreviewAsync(other, new RedriveRequest())).Matching.ShouldBe(9);
        (await engine.CountsAsync()).ShouldBe(new MessageCounts(0, 0, 0, 10));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_dry_run_tells_what_a_purge_would_drop_and_changes_nothing(bool filtered)
    {
        var engine = await StartWithQueueAsync();
        await engine.EnqueueAllAsync(Enumerable.Range(0, 30).Select(i => TestEngine.Text($"{i}") with { GroupId = $"g{i % 3}" }));
        await engine.DequeueAsync(10);
        var filter = filtered ? new MessageFilter { GroupId = "g1" } : null;
        var preview = (await engine.Operations.PreviewPurgeAsync(engine.Queue, MessageSource.Live, filter, Cancellation)).Value;
        preview.Matching.ShouldBe(filtered ? 10 : 30);
        preview.Examples.Count.ShouldBe(3);
        preview.Examples.ShouldAllBe(m => m.Body != null && (!filtered || m.GroupId == "g1"));
        (await engine.CountsAsync()).ShouldBe(new MessageCounts(20, 10, 0, 0));
        (await PurgeAsync(engine, MessageSource.Live, filter)).Count.ShouldBe(preview.Matching);
    }

    [Fact]
    public async Task Reasons_are_summed_up_over_all_shards_most_first()
    {
        var (engine, other) = (await StartWithQueueAsync(new QueueSettingsChange { Shards = 3 }), Start());
        (await ReasonsAsync(other)).ShouldBe([]);
        var began = Time.GetUtcNow();
        await KillAsync(engine, 3, _ => "rare");
        Time.Advance(TimeSpan.FromMinutes(1));
        await KillAsync(engine, 5, i => i == 0 ? "rare" : "often");
        Time.Advance(TimeSpan.FromMinutes(1));
        var last = (await KillAsync(engine, 1, _ => "often"))[0];
        var reasons = await ReasonsAsync(other);
        reasons.Select(r => (r.Reason, r.Count)).ShouldBe([("often", 5), ("rare", 4)]);
        reasons[0].ShouldBe(new ReasonSummary("often", 5, began + TimeSpan.FromMinutes(1), began + TimeSpan.FromMinutes(2), last));
        (reasons[1].OldestAt, reasons[1].NewestAt).ShouldBe((began, began + TimeSpan.FromMinutes(1)));
        (await engine.FindAsync(reasons[1].Example)).DeadLetterReason.ShouldBe("rare");
    }

    [Fact]
    public async Task Of_many_reasons_those_with_the_most_dead_letters_are_named_and_that_there_are_more()
    {
        var engine = await StartWithQueueAsync();
        await KillAsync(engine, Limits.MaxReasons + 2, i => i < 2 ? "twice" : $"once {i}");
        var list = (await engine.Operations.SummarizeReasonsAsync(engine.Queue, Cancellation)).Value;
        list.IsWhole.ShouldBeFalse();
        list.Reasons.Count.ShouldBe(Limits.MaxReasons);
        list.Reasons[0].ShouldSatisfyAllConditions(r => r.Reason.ShouldBe("twice"), r => r.Count.ShouldBe(2));
    }

    private static async Task<Redriven> RedriveAsync(TestEngine engine, RedriveRequest request) =>
        (await engine.Engine.RedriveAsync(engine.Queue, request, Cancellation).WithinPatienceAsync()).Value;

    private static async Task<Purged> PurgeAsync(TestEngine engine, MessageSource source, MessageFilter? filter) =>
        (await engine.Operations.PurgeAsync(engine.Queue, source, filter, Cancellation).WithinPatienceAsync()).Value;

    private static async Task<MessagePreview> PreviewAsync(TestEngine engine, RedriveRequest request) =>
        (await engine.Operations.PreviewRedriveAsync(engine.Queue, request, Cancellation)).Value;

    private static async Task<IReadOnlyList<ReasonSummary>> ReasonsAsync(TestEngine engine)
    {
        var list = (await engine.Operations.SummarizeReasonsAsync(engine.Queue, Cancellation)).Value;
        list.IsWhole.ShouldBeTrue();
        return list.Reasons;
    }

    /// <summary>Enqueues "0", "1" and so on, and dead-letters each for its own reason; their ids in that order.</summary>
    private static async Task<IReadOnlyList<MessageId>> KillAsync(TestEngine engine, int messages, Func<int, string> reason)
    {
        var ids = await engine.EnqueueAllAsync(Enumerable.Range(0, messages).Select(i => $"{i}"));
        foreach (var leased in (await engine.DequeueEverythingAsync()).Chunk(100))
        {
            var settled = await engine
                .Engine.SettleAsync(
                    engine.Queue,
                    MessageSource.Live,
                    [
                        .. leased.Select(m => new ReceiptSettlement(
                            m.Receipt!,
                            new Settlement.DeadLetter(reason(ids.ToList().IndexOf(m.Id())))
                        )),
                    ],
                    Cancellation
                )
                .WithinPatienceAsync();
            settled.Value.ShouldAllBe(s => s.Status == SettleStatus.Ok);
        }

        return ids;
    }
}
