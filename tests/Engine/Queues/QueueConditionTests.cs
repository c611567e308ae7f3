using FuncQueue.Engine.Tests.Support;

namespace FuncQueue.Engine.Tests.Queues;

/// <summary>If-Match and If-None-Match, alone and in races.</summary>
public sealed class QueueConditionTests(AzuriteFixture azurite) : EngineTest(azurite)
{
    private static readonly QueueCondition IfNoneMatch = new(null, true);

    [Fact]
    public async Task If_none_match_creates_only()
    {
        var engine = Start();
        (await engine.PutQueueAsync(condition: IfNoneMatch)).Created.ShouldBeTrue();
        (await TryPutAsync(engine, condition: IfNoneMatch)).Failure.ShouldBeOfType<Failure.PreconditionFailed>();
    }

    [Fact]
    public async Task If_match_changes_only_what_is_as_it_was_seen()
    {
        var (engine, other) = (Start(), Start());
        (await TryPutAsync(engine, condition: new QueueCondition("x", false))).Failure.ShouldBeOfType<Failure.PreconditionFailed>();
        (await TryPutAsync(engine, condition: new QueueCondition("*", false))).Failure.ShouldBeOfType<Failure.PreconditionFailed>();
        var seen = (await engine.PutQueueAsync()).Status.Queue.ETag;
        (await other.StatusAsync()).Queue.ETag.ShouldBe(seen);
        (await other.PutQueueAsync(Visibility(1), new QueueCondition(seen, false))).Created.ShouldBeFalse();
        (await TryPutAsync(engine, Visibility(2), new QueueCondition(seen, false))).Failure.ShouldBeOfType<Failure.PreconditionFailed>();
        (await engine.StatusAsync()).Queue.Settings.VisibilityTimeout.ShouldBe(TimeSpan.FromSeconds(1));
        (await engine.PutQueueAsync(Visibility(3), new QueueCondition("*", false))).Status.Queue.Settings.VisibilityTimeout.ShouldBe(
            TimeSpan.FromSeconds(3)
        );
    }

    [Fact]
    public async Task An_etag_stays_the_same_while_only_messages_change()
    {
        var engine = await StartWithQueueAsync();
        var seen = (await engine.StatusAsync()).Queue.ETag;
        await engine.EnqueueAsync("a");
        await engine.DequeueOneAsync();
        await engine.SweepAsync();
        (await engine.StatusAsync()).Queue.ETag.ShouldBe(seen);
    }

    [Fact]
    public async Task Of_many_that_create_a_queue_at_once_one_creates_it()
    {
        var engines = Enumerable.Range(0, 4).Select(_ => Start()).ToList();
        for (var round = 0; round < 5; round++)
        {
            engines.ForEach(e => e.Queue = TestEngine.Name($"queue-{round}"));
            var conditional = round % 2 == 0;
            var puts = await Task.WhenAll(
                Enumerable.Range(0, 8).Select(i => TryPutAsync(engines[i % 4], condition: conditional ? IfNoneMatch : default))
            );
            puts.Count(p => p.Failure is null && p.Value.Created).ShouldBe(1);
            puts.Where(p => p.Failure is not null || !p.Value.Created)
                .ShouldAllBe(p => conditional ? p.Failure is Failure.PreconditionFailed : p.Failure == null);
            var ids = await Task.WhenAll(engines.Select((e, i) => e.EnqueueAsync($"{i}")));
            (await engines[0].DequeueEverythingAsync()).Select(m => m.Id()).ShouldBe(ids, ignoreOrder: true);
        }
    }

    [Fact]
    public async Task Of_many_that_change_what_they_saw_at_once_one_wins_and_no_change_is_lost()
    {
        var engines = new[] { await StartWithQueueAsync(), Start() };
        var seen = (await engines[0].StatusAsync()).Queue.ETag;
        var conditional = await Task.WhenAll(
            Enumerable.Range(1, 6).Select(i => TryPutAsync(engines[i % 2], Visibility(i), new QueueCondition(seen, false)))
        );
        conditional.Count(p => p.Failure is null).ShouldBe(1);
        conditional.Count(p => p.Failure is Failure.PreconditionFailed).ShouldBe(5);

        await Task.WhenAll(
            engines[0].PutQueueAsync(new QueueSettingsChange { MaxDeliveryCount = 77 }),
            engines[1].PutQueueAsync(new QueueSettingsChange { Delay = TimeSpan.FromSeconds(77) }),
            engines[0].PutQueueAsync(new QueueSettingsChange { Shards = 7 }),
            engines[1].PutQueueAsync(new QueueSettingsChange { OnExpiry = ExpiryAction.DeadLetter })
        );
        var settings = (await engines[1].StatusAsync()).Queue.Settings;
        (settings.MaxDeliveryCount, settings.Delay, settings.Shards, settings.OnExpiry).ShouldBe(
            (77, TimeSpan.FromSeconds(77), 7, ExpiryAction.DeadLetter)
        );
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_lost_answer_of_the_registry_is_not_taken_for_a_failed_condition(bool exists)
    {
        var engine = exists ? await StartWithQueueAsync() : Start();
        engine.Faults.LoseAnswer(r => r.IsTableWrite && r.Operations.Any(o => o.RowKey == "q:orders"));
        var condition = exists ? new QueueCondition((await engine.StatusAsync()).Queue.ETag, false) : IfNoneMatch;
        var outcome = await TryPutAsync(engine, Visibility(5), condition);
        if (outcome.Failure is null)
            outcome.Value.Created.ShouldBe(!exists);
        else
            outcome.Failure.ShouldBeOfType<Failure.OutcomeUnknown>();
        (await Start().StatusAsync()).Queue.Settings.VisibilityTimeout.ShouldBe(TimeSpan.FromSeconds(5));
    }

    private static QueueSettingsChange Visibility(int seconds) => new() { VisibilityTimeout = TimeSpan.FromSeconds(seconds) };

    private static Task<Outcome<QueuePut>> TryPutAsync(
        TestEngine engine,
        QueueSettingsChange? change = null,
        QueueCondition condition = default
    ) => engine.Engine.PutQueueAsync(engine.Queue, change ?? new QueueSettingsChange(), condition, Cancellation).WithinPatienceAsync();
}
