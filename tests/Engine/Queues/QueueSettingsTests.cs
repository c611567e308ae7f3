using FuncQueue.Engine.Tests.Support;

namespace FuncQueue.Engine.Tests.Queues;

/// <summary>Creating queues and changing their settings.</summary>
public sealed class QueueSettingsTests(AzuriteFixture azurite) : EngineTest(azurite)
{
    [Fact]
    public async Task A_new_queue_has_the_default_settings_and_nothing_in_it()
    {
        var put = await Start().PutQueueAsync();
        put.Created.ShouldBeTrue();
        put.Status.Counts.ShouldBe(default);
        put.Status.OldestMessageAge.ShouldBeNull();
        put.Status.Queue.Name.ShouldBe(TestEngine.Name("orders"));
        put.Status.Queue.CreatedAt.ShouldBe(Time.GetUtcNow());
        put.Status.Queue.ETag.ShouldNotBeNullOrEmpty();
        ExpectSame(put.Status.Queue.Settings, new QueueSettings());
    }

    [Fact]
    public async Task Every_setting_is_kept()
    {
        var change = new QueueSettingsChange
        {
            VisibilityTimeout = TimeSpan.FromSeconds(1),
            MaxDeliveryCount = (int?)null,
            MessageTimeToLive = (TimeSpan?)null,
            OnExpiry = ExpiryAction.DeadLetter,
            Delay = TimeSpan.FromSeconds(2),
            DeduplicationWindow = TimeSpan.FromSeconds(3),
            Shards = 5,
            RetryBackoffInitial = TimeSpan.FromSeconds(4),
            RetryBackoffMax = TimeSpan.FromSeconds(6),
            DeadLetterTimeToLive = TimeSpan.FromSeconds(60),
            Tags = new Dictionary<string, string> { ["team"] = "Ä", ["cost"] = "" },
        };
        var expected = change.ApplyTo(new QueueSettings());
        var put = await Start().PutQueueAsync(change);
        ExpectSame(put.Status.Queue.Settings, expected);
        ExpectSame((await Start().StatusAsync()).Queue.Settings, expected);
    }

    [Fact]
    public async Task A_change_keeps_what_it_does_not_name()
    {
        var engine = await StartWithQueueAsync(
            new QueueSettingsChange
            {
                VisibilityTimeout = TimeSpan.FromSeconds(7),
                MaxDeliveryCount = 3,
                Tags = new Dictionary<string, string> { ["a"] = "b" },
            }
        );
        var before = (await engine.StatusAsync()).Queue;
        Time.Advance(TimeSpan.FromHours(1));
        var put = await Start().PutQueueAsync(new QueueSettingsChange { MaxDeliveryCount = (int?)null, Delay = TimeSpan.FromSeconds(5) });
        put.Created.ShouldBeFalse();
        put.Status.Queue.CreatedAt.ShouldBe(before.CreatedAt);
        put.Status.Queue.ETag.ShouldNotBe(before.ETag);
        ExpectSame(put.Status.Queue.Settings, before.Settings with { MaxDeliveryCount = null, Delay = TimeSpan.FromSeconds(5) });
    }

    [Fact]
    public async Task A_change_answers_with_what_is_in_the_queue()
    {
        var engine = await StartWithQueueAsync();
        await engine.EnqueueAllAsync("a", "b");
        Time.Advance(TimeSpan.FromSeconds(10));
        var status = (await Start().PutQueueAsync()).Status;
        status.Counts.ShouldBe(new MessageCounts(2, 0, 0, 0));
        status.OldestMessageAge.ShouldBe(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task All_faults_of_the_settings_are_listed_and_nothing_is_changed()
    {
        var engine = Start();
        var bad = new QueueSettingsChange
        {
            Shards = 33,
            MaxDeliveryCount = 0,
            VisibilityTimeout = TimeSpan.FromSeconds(-1),
        };
        var failure = (
            await engine.Engine.PutQueueAsync(engine.Queue, bad, default, Cancellation)
        ).Failure.ShouldBeOfType<Failure.Invalid>();
        failure.Faults.Select(f => f.Field).ShouldBe(["visibilityTimeoutSeconds", "maxDeliveryCount", "shards"], ignoreOrder: true);
        (await engine.Engine.GetQueueAsync(engine.Queue, Cancellation)).Failure.ShouldBe(new Failure.QueueNotFound(engine.Queue));
    }

    [Fact]
    public async Task Shards_may_only_become_more()
    {
        var engine = await StartWithQueueAsync(new QueueSettingsChange { Shards = 3 });
        var failure = (
            await engine.Engine.PutQueueAsync(engine.Queue, new QueueSettingsChange { Shards = 2 }, default, Cancellation)
        ).Failure.ShouldBeOfType<Failure.Invalid>();
        failure.Faults.ShouldHaveSingleItem().Field.ShouldBe("shards");
        (await engine.PutQueueAsync(new QueueSettingsChange { Shards = 3 })).Status.Queue.Settings.Shards.ShouldBe(3);
        (await engine.PutQueueAsync(new QueueSettingsChange { Shards = 32 })).Status.Queue.Settings.Shards.ShouldBe(32);
    }

    [Fact]
    public async Task The_type_of_a_queue_cannot_be_changed()
    {
        var engine = await StartWithQueueAsync();
        (
            await engine.Engine.PutQueueAsync(engine.Queue, new QueueSettingsChange { Type = QueueType.Fifo }, default, Cancellation)
        ).Failure.ShouldBeOfType<Failure.QueueTypeMismatch>();
        (await engine.StatusAsync()).Queue.Settings.Type.ShouldBe(QueueType.Standard);
    }

    [Fact]
    public async Task Changed_settings_reach_other_processes()
    {
        var (first, second) = (await StartWithQueueAsync(), Start());
        await second.EnqueueAllAsync("a", "b");
        await second.DequeueOneAsync();
        await first.PutQueueAsync(new QueueSettingsChange { VisibilityTimeout = TimeSpan.FromSeconds(99) });
        (await second.StatusAsync()).Queue.Settings.VisibilityTimeout.ShouldBe(TimeSpan.FromSeconds(99));
        Time.Advance(Options.SettingsCacheTime);
        (await second.DequeueOneAsync()).Message.VisibleAt.ShouldBe(Time.GetUtcNow() + TimeSpan.FromSeconds(99));
    }

    private static void ExpectSame(QueueSettings actual, QueueSettings expected)
    {
        actual.Tags.ShouldBe(expected.Tags, ignoreOrder: true);
        actual.Annotations.ShouldBe(expected.Annotations, ignoreOrder: true);
        (actual with { Tags = expected.Tags, Annotations = expected.Annotations }).ShouldBe(expected);
    }
}
