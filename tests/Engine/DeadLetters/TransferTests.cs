using FuncQueue.Engine.Tests.Support;

namespace FuncQueue.Engine.Tests.DeadLetters;

/// <summary>
/// Redrive to another queue: each dead letter arrives once at most and is always in one of the two queues, whatever stops in between.
/// </summary>
[Trait("Guarantee", "1")]
public sealed class TransferTests(AzuriteFixture azurite) : EngineTest(azurite)
{
    private static readonly QueueName Target = TestEngine.Name("target");

    private static string Long => new('x', Limits.MaxInlineBodyBytes + 1);

    [Fact]
    public async Task Dead_letters_arrive_as_new_messages_of_the_other_queue_that_name_their_origin()
    {
        var (engine, other) = await StartBothAsync();
        var message = TestEngine.Text("ä") with
        {
            Attributes = new Dictionary<string, string> { ["k"] = "v" },
            ContentType = "text/x",
            GroupId = "g",
            Priority = 4,
        };
        var ids = await DeadLetterAsync(engine, message, TestEngine.Text(Long));
        (await RedriveAsync(engine)).ShouldBe(new Redriven(2, 0));
        (await engine.CountsAsync()).ShouldBe(default);
        other.Queue = Target;
        var arrived = await other.DequeueEverythingAsync();
        arrived.Select(m => m.Message.OriginalMessageId).ShouldBe(ids.Cast<MessageId?>(), ignoreOrder: true);
        var first = arrived.Single(m => m.Message.OriginalMessageId == ids[0]).Message;
        first.ShouldSatisfyAllConditions(
            m => m.Text().ShouldBe("ä"),
            m => m.DeliveryCount.ShouldBe(1),
            m => m.DeadLetterReason.ShouldBeNull(),
            m => m.MovedFrom.ShouldBe("orders"),
            m => m.ContentType.ShouldBe("text/x"),
            m => m.GroupId.ShouldBe("g"),
            m => m.Priority.ShouldBe(4),
            m => m.Attributes.ShouldBe(new Dictionary<string, string> { ["k"] = "v" })
        );
        (await other.ReadBodyAsync(arrived.Single(m => m.Message.OriginalMessageId == ids[1]).Id())).Length.ShouldBe(Long.Length);
    }

    [Fact]
    public async Task Payloads_of_moved_messages_are_left_neither_behind_nor_without_a_message()
    {
        var (engine, other) = await StartBothAsync();
        await DeadLetterAsync(engine, TestEngine.Text(Long));
        (await RedriveAsync(engine)).Moved.ShouldBe(1);
        await SweepAsync(other);
        (await Blobs.NamesAsync()).Count.ShouldBe(1);
        other.Queue = Target;
        await other.AckAsync(await other.DequeueOneAsync());
        await SweepAsync(other);
        (await Blobs.NamesAsync()).ShouldBeEmpty();
    }

    /// <summary>The write at which the process dies, and whether that write is still carried out.</summary>
    [Theory]
    [MemberData(nameof(Deaths))]
    public async Task A_process_that_dies_at_any_write_neither_loses_nor_doubles_a_message(int write, bool carriedOut, bool fifo)
    {
        var (survivor, victim) = await StartBothAsync(fifo);
        var ids = await DeadLetterAsync(survivor, Grouped("a"), Grouped(Long), Grouped("c"));
        Kill(victim, write, carriedOut);
        _ = await victim.Engine.RedriveAsync(victim.Queue, new RedriveRequest { To = Target }, Cancellation).WithinPatienceAsync();
        victim.Kill();
        Time.Advance(TimeSpan.FromMinutes(2));
        await survivor.SweepAsync(everything: true);
        // Either all have arrived, or they are dead letters that another redrive moves.
        (await CopiesAsync(survivor)).ShouldBe(ids, ignoreOrder: true);
        await RedriveAsync(survivor);
        survivor.Queue = Target;
        (await survivor.DequeueEverythingAsync()).Select(m => m.Message.OriginalMessageId!.Value).ShouldBe(ids, ignoreOrder: !fifo);
    }

    public static TheoryData<int, bool, bool> Deaths()
    {
        var data = new TheoryData<int, bool, bool>();
        for (var write = 1; write <= 6; write++)
        {
            foreach (var carriedOut in new[] { true, false })
            {
                data.Add(write, carriedOut, false);
                data.Add(write, carriedOut, true);
            }
        }

        return data;
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public async Task A_lost_answer_of_any_write_neither_loses_nor_doubles_a_message(int write)
    {
        var (engine, other) = await StartBothAsync();
        var ids = await DeadLetterAsync(engine, TestEngine.Text("a"), TestEngine.Text(Long));
        var seen = 0;
        var lost = engine.Faults.LoseAnswer(r => r.WritesQueue && ++seen == write);
        var outcome = await engine
            .Engine.RedriveAsync(engine.Queue, new RedriveRequest { To = Target }, Cancellation)
            .WithinPatienceAsync();
        lost.Count.ShouldBe(1);
        if (outcome.Failure is null)
            outcome.Value.Moved.ShouldBe(2);
        Time.Advance(TimeSpan.FromMinutes(2));
        await other.SweepAsync(everything: true);
        (await CopiesAsync(other)).ShouldBe(ids, ignoreOrder: true);
        await RedriveAsync(other);
        other.Queue = Target;
        (await other.DequeueEverythingAsync()).Select(m => m.Message.OriginalMessageId!.Value).ShouldBe(ids, ignoreOrder: true);
    }

    [Fact]
    public async Task Processes_that_go_on_with_one_transfer_at_once_deliver_it_once()
    {
        var (engine, slow) = await StartBothAsync();
        var ids = await DeadLetterAsync(engine, TestEngine.Text("a"), TestEngine.Text("b"));
        // It stands still right before the messages arrive, and comes back when others have done its work.
        var held = slow.Faults.Hold(r => r.InsertsMessages);
        var redrive = slow.Engine.RedriveAsync(slow.Queue, new RedriveRequest { To = Target }, Cancellation);
        await held.Reached;
        Time.Advance(TimeSpan.FromMinutes(2));
        await Task.WhenAll(engine.SweepAsync(everything: true), Start().SweepAsync(everything: true));
        (await CopiesAsync(engine)).ShouldBe(ids, ignoreOrder: true);
        held.Release();
        _ = await redrive.WithinPatienceAsync();
        engine.Queue = Target;
        (await engine.DequeueEverythingAsync()).Select(m => m.Message.OriginalMessageId!.Value).ShouldBe(ids, ignoreOrder: true);
    }

    [Fact]
    public async Task A_transfer_to_a_queue_that_was_deleted_is_taken_back()
    {
        var (engine, slow) = await StartBothAsync();
        var ids = await DeadLetterAsync(engine, TestEngine.Text("a"));
        var held = slow.Faults.Hold(r => r.InsertsMessages);
        var redrive = slow.Engine.RedriveAsync(slow.Queue, new RedriveRequest { To = Target }, Cancellation);
        await held.Reached;
        (await engine.Engine.DeleteQueueAsync(Target, Cancellation)).Value.ShouldBeTrue();
        Time.Advance(TimeSpan.FromMinutes(2));
        await engine.SweepAsync(everything: true);
        held.Release();
        (await redrive.WithinPatienceAsync()).Failure.ShouldNotBeNull();
        (await engine.DequeueOneAsync(source: MessageSource.DeadLetters)).Id().ShouldBe(ids[0]);
    }

    [Fact]
    public async Task A_dead_letter_on_its_way_is_not_handed_out_and_counts_as_a_dead_letter()
    {
        var (engine, slow) = await StartBothAsync();
        await DeadLetterAsync(engine, TestEngine.Text("a"));
        var held = slow.Faults.Hold(r => r.InsertsMessages);
        var redrive = slow.Engine.RedriveAsync(slow.Queue, new RedriveRequest { To = Target }, Cancellation);
        await held.Reached;
        (await engine.DequeueAsync(source: MessageSource.DeadLetters)).ShouldBeEmpty();
        (await engine.CountsAsync()).DeadLettered.ShouldBe(1);
        (await engine.Engine.RedriveAsync(engine.Queue, new RedriveRequest(), Cancellation)).Value.ShouldBe(new Redriven(0, 1));
        held.Release();
        (await redrive.WithinPatienceAsync()).Value.ShouldBe(new Redriven(1, 0));
    }

    [Fact]
    public async Task A_redrive_to_no_queue_or_to_one_that_needs_groups_is_refused()
    {
        var engine = await StartWithQueueAsync();
        await DeadLetterAsync(engine, TestEngine.Text("a"));
        (await engine.Engine.RedriveAsync(engine.Queue, new RedriveRequest { To = Target }, Cancellation)).Failure.ShouldBe(
            new Failure.QueueNotFound(Target)
        );
        await engine.Engine.PutQueueAsync(Target, new QueueSettingsChange { Type = QueueType.Fifo }, default, Cancellation);
        (
            await engine.Engine.RedriveAsync(engine.Queue, new RedriveRequest { To = Target }, Cancellation)
        ).Failure.ShouldBeOfType<Failure.QueueTypeMismatch>();
        (await engine.CountsAsync()).DeadLettered.ShouldBe(1);
    }

    [Fact]
    public async Task Rows_of_ended_transfers_are_swept_away()
    {
        var (engine, victim) = await StartBothAsync();
        await DeadLetterAsync(engine, TestEngine.Text("a"));
        // The transfer is open, and nothing is on its way with it.
        Kill(victim, 1, carriedOut: true);
        _ = await victim.Engine.RedriveAsync(victim.Queue, new RedriveRequest { To = Target }, Cancellation).WithinPatienceAsync();
        await engine.Engine.PurgeAsync(engine.Queue, MessageSource.DeadLetters, Cancellation);
        await SweepAsync(engine);
        await SweepAsync(engine);
        engine.Requests.Clear();
        await engine.SweepAsync();
        engine.Requests.All.ShouldAllBe(r => r.Resource.StartsWith(Options.RegistryTable, StringComparison.Ordinal));
    }

    private async Task<(TestEngine Engine, TestEngine Other)> StartBothAsync(bool fifo = false)
    {
        var settings = new QueueSettingsChange { Type = fifo ? QueueType.Fifo : QueueType.Standard, MessageTimeToLive = (TimeSpan?)null };
        var engine = await StartWithQueueAsync(settings);
        (await engine.Engine.PutQueueAsync(Target, settings, default, Cancellation)).Failure.ShouldBeNull();
        return (engine, Start());
    }

    private async Task SweepAsync(TestEngine engine)
    {
        Time.Advance(TimeSpan.FromHours(2));
        await engine.SweepAsync();
    }

    private static void Kill(TestEngine victim, int write, bool carriedOut)
    {
        var seen = 0;
        if (carriedOut)
            victim.Faults.LoseAnswer(Dies);
        else
            victim.Faults.LoseRequest(Dies);

        bool Dies(StorageRequest request)
        {
            if (!request.WritesQueue || ++seen != write)
                return false;
            victim.Kill();
            return true;
        }
    }

    private static NewMessage Grouped(string text) => TestEngine.Text(text) with { GroupId = "g" };

    private static async Task<IReadOnlyList<MessageId>> DeadLetterAsync(TestEngine engine, params NewMessage[] messages)
    {
        var ids = await engine.EnqueueAllAsync(messages);
        foreach (var message in await engine.DequeueEverythingAsync())
            (await engine.DeadLetterAsync(message)).ShouldBe(SettleStatus.Ok);
        return ids;
    }

    private static async Task<Redriven> RedriveAsync(TestEngine engine) =>
        (await engine.Engine.RedriveAsync(engine.Queue, new RedriveRequest { To = Target }, Cancellation).WithinPatienceAsync()).Value;

    /// <summary>Where each message is now: the ids that they had as dead letters.</summary>
    private static async Task<IReadOnlyList<MessageId>> CopiesAsync(TestEngine engine)
    {
        var dead = await engine.PeekEverythingAsync(MessageSource.DeadLetters);
        var source = engine.Queue;
        engine.Queue = Target;
        var arrived = await engine.PeekEverythingAsync();
        engine.Queue = source;
        return [.. dead.Select(m => m.MessageId), .. arrived.Select(m => m.OriginalMessageId!.Value)];
    }
}
