using FuncQueue.Engine.Tests.Support;

namespace FuncQueue.Engine.Tests.DeadLetters;

/// <summary>Making dead letters live again.</summary>
[Trait("Guarantee", "1")]
public sealed class RedriveTests(AzuriteFixture azurite) : EngineTest(azurite)
{
    [Fact]
    public async Task A_redriven_message_is_a_new_one_that_names_its_origin()
    {
        var (engine, other) = (await StartWithQueueAsync(new QueueSettingsChange { MaxDeliveryCount = 2 }), Start());
        var message = TestEngine.Text("ä") with
        {
            Attributes = new Dictionary<string, string> { ["k"] = "v" },
            ContentType = "text/x",
            GroupId = "g",
            Priority = 4,
            TraceParent = "t",
        };
        var id = await engine.EnqueueAsync(message);
        await engine.NackAsync(await engine.DequeueOneAsync());
        await engine.NackAsync(await engine.DequeueOneAsync());
        Time.Advance(TimeSpan.FromDays(2));
        (await RedriveAsync(other)).ShouldBe(new Redriven(1, 0));
        (await engine.CountsAsync()).ShouldBe(new MessageCounts(1, 0, 0, 0));
        var again = (await engine.DequeueOneAsync()).Message;
        again.ShouldSatisfyAllConditions(
            m => m.MessageId.ShouldNotBe(id),
            m => m.OriginalMessageId.ShouldBe(id),
            m => m.DeliveryCount.ShouldBe(1),
            m => m.DeadLetterReason.ShouldBeNull(),
            m => m.DeadLetteredAt.ShouldBeNull(),
            m => m.EnqueuedAt.ShouldBe(Time.GetUtcNow()),
            m => m.ExpiresAt.ShouldBe(Time.GetUtcNow() + TimeSpan.FromDays(4)),
            m => m.Text().ShouldBe("ä"),
            m => m.ContentType.ShouldBe("text/x"),
            m => m.GroupId.ShouldBe("g"),
            m => m.Priority.ShouldBe(4),
            m => m.TraceParent.ShouldBe("t"),
            m => m.Attributes.ShouldBe(new Dictionary<string, string> { ["k"] = "v" })
        );
        (await engine.Engine.FindMessageAsync(engine.Queue, id, Cancellation)).Failure.ShouldBeOfType<Failure.MessageNotFound>();
    }

    [Fact]
    public async Task A_redrive_moves_as_many_as_asked_and_says_how_many_remain()
    {
        var engine = await StartWithQueueAsync();
        await KillAsync(engine, 75);
        (await RedriveAsync(engine, most: 10)).ShouldBe(new Redriven(10, 65));
        (await RedriveAsync(Start(), most: 50)).ShouldBe(new Redriven(50, 15));
        (await RedriveAsync(engine)).ShouldBe(new Redriven(15, 0));
        (await RedriveAsync(engine)).ShouldBe(new Redriven(0, 0));
        (await engine.DequeueEverythingAsync()).Select(m => m.Text()).Distinct().Count().ShouldBe(75);
    }

    [Fact]
    public async Task A_redrive_moves_the_messages_named_and_passes_over_those_that_are_not_there()
    {
        var engine = await StartWithQueueAsync();
        var dead = await KillAsync(engine, 4);
        var live = await engine.EnqueueAsync("live");
        var leased = await engine.DequeueOneAsync(source: MessageSource.DeadLetters);
        var free = dead.Where(id => id != leased.Id()).ToList();
        var redriven = (
            await engine.Engine.RedriveAsync(
                engine.Queue,
                new RedriveRequest { MessageIds = [free[0], free[0], live, leased.Id(), free[1]] },
                Cancellation
            )
        ).Value;
        redriven.ShouldBe(new Redriven(2, 2));
        (await engine.DequeueEverythingAsync())
            .Select(m => m.Message.OriginalMessageId ?? m.Id())
            .ShouldBe([free[0], free[1], live], ignoreOrder: true);
        (await engine.AckAsync(leased, MessageSource.DeadLetters)).ShouldBe(SettleStatus.Ok);
        (await engine.FindAsync(free[2])).Status.ShouldBe(MessageStatus.DeadLettered);
    }

    [Fact]
    public async Task A_redrive_covers_all_shards()
    {
        var engine = await StartWithQueueAsync(new QueueSettingsChange { Shards = 4 });
        var ids = await engine.EnqueueInEveryShardAsync(4);
        foreach (var message in await engine.DequeueEverythingAsync())
            await engine.DeadLetterAsync(message);
        (await RedriveAsync(engine, most: 3)).ShouldBe(new Redriven(3, 1));
        (await RedriveAsync(engine)).ShouldBe(new Redriven(1, 0));
        (await engine.DequeueEverythingAsync()).Select(m => m.Message.OriginalMessageId!.Value).ShouldBe(ids, ignoreOrder: true);
    }

    [Theory]
    [InlineData("answer")]
    [InlineData("request")]
    [InlineData("late")]
    public async Task When_the_write_is_lost_no_message_is_lost_or_doubled(string what)
    {
        var engine = await StartWithQueueAsync();
        await KillAsync(engine, 40);
        LateRequest? late = null;
        if (what == "answer")
            engine.Faults.LoseAnswer(r => r.InsertsMessages);
        else if (what == "request")
            engine.Faults.LoseRequest(r => r.InsertsMessages);
        else
            late = engine.Faults.Delay(r => r.InsertsMessages);
        (await RedriveAsync(engine)).ShouldBe(new Redriven(40, 0));
        if (late is not null)
            await late.ArriveAsync();
        (await engine.CountsAsync()).ShouldBe(new MessageCounts(40, 0, 0, 0));
        var messages = await Start().DequeueEverythingAsync();
        messages.Select(m => m.Text()).Distinct().Count().ShouldBe(40);
        messages.Count.ShouldBe(40);
    }

    [Fact]
    public async Task When_the_write_arrives_before_its_repetition_no_message_is_lost_or_doubled()
    {
        var engine = await StartWithQueueAsync();
        await KillAsync(engine, 20);
        var late = engine.Faults.Delay(r => r.InsertsMessages);
        var second = engine.Faults.Hold(r => r.InsertsMessages);
        var redrive = engine.Engine.RedriveAsync(engine.Queue, new RedriveRequest(), Cancellation);
        await second.Reached;
        await late.ArriveAsync();
        second.Release();
        (await redrive.WithinPatienceAsync()).Value.Remaining.ShouldBe(0);
        var messages = await Start().DequeueEverythingAsync();
        messages.Select(m => m.Text()).Distinct().Count().ShouldBe(20);
        messages.Count.ShouldBe(20);
    }

    [Fact]
    public async Task When_the_outcome_cannot_be_found_out_it_is_unknown()
    {
        var engine = await StartWithQueueAsync();
        await KillAsync(engine, 1);
        var lost = engine.Faults.LoseAnswer(r => r.InsertsMessages);
        engine.Faults.Refuse(r => r.IsRead && lost.Count > 0, 4);
        (
            await engine.Engine.RedriveAsync(engine.Queue, new RedriveRequest(), Cancellation)
        ).Failure.ShouldBeOfType<Failure.OutcomeUnknown>();
        engine.Faults.Clear();
        (await Start().CountsAsync()).ShouldBe(new MessageCounts(1, 0, 0, 0));
    }

    [Fact]
    public async Task Processes_that_redrive_at_once_move_each_message_once()
    {
        var engines = new[] { await StartWithQueueAsync(), Start(), Start() };
        await KillAsync(engines[0], 80);
        var results = await Task.WhenAll(engines.Select(e => RedriveAsync(e)));
        results.Sum(r => r.Moved).ShouldBe(80);
        (await RedriveAsync(engines[1])).Moved.ShouldBe(0);
        var messages = await engines[2].DequeueEverythingAsync();
        messages.Select(m => m.Text()).Distinct().Count().ShouldBe(80);
        messages.Count.ShouldBe(80);
    }

    [Fact]
    public async Task A_message_can_die_and_be_redriven_again()
    {
        var engine = await StartWithQueueAsync();
        var id = await engine.EnqueueAsync("a");
        for (var life = 0; life < 3; life++)
        {
            var message = await engine.DequeueOneAsync();
            // Whatever became of it since, it is known by the id that its producer was told.
            message.Message.OriginalMessageId.ShouldBe(life == 0 ? null : id);
            await engine.DeadLetterAsync(message);
            (await RedriveAsync(engine)).Moved.ShouldBe(1);
        }

        (await engine.CountsAsync()).ShouldBe(new MessageCounts(1, 0, 0, 0));
    }

    private static async Task<Redriven> RedriveAsync(TestEngine engine, int? most = null) =>
        (
            await engine.Engine.RedriveAsync(engine.Queue, new RedriveRequest { MaxMessages = most }, Cancellation).WithinPatienceAsync()
        ).Value;

    private static async Task<IReadOnlyList<MessageId>> KillAsync(TestEngine engine, int messages)
    {
        var ids = await engine.EnqueueAllAsync(Enumerable.Range(0, messages).Select(i => $"{i}"));
        foreach (var leased in (await engine.DequeueEverythingAsync()).Chunk(100))
            (await engine.TrySettleAsync(new Settlement.DeadLetter("test"), leased)).Value.ShouldAllBe(s => s.Status == SettleStatus.Ok);
        return ids;
    }
}
