using FuncQueue.Engine.Tests.Support;

namespace FuncQueue.Engine.Tests.Queues;

/// <summary>What another protocol keeps with a queue, and learns of it without a look at its messages.</summary>
public sealed class QueueAnnotationsTests(AzuriteFixture azurite) : EngineTest(azurite)
{
    [Fact]
    public async Task Annotations_are_kept_and_seen_by_other_processes()
    {
        var annotations = new Dictionary<string, string> { ["Policy"] = """{"Statement":[{"Sid":"a/b"}]}""", ["Ä"] = "" };
        var engine = await StartWithQueueAsync(new QueueSettingsChange { Annotations = annotations });
        (await engine.StatusAsync()).Queue.Settings.Annotations.ShouldBe(annotations, ignoreOrder: true);
        (await Start().StatusAsync()).Queue.Settings.Annotations.ShouldBe(annotations, ignoreOrder: true);
    }

    [Fact]
    public async Task A_change_of_settings_keeps_annotations_and_a_change_of_annotations_keeps_settings()
    {
        var engine = await StartWithQueueAsync(
            new QueueSettingsChange
            {
                MaxDeliveryCount = 3,
                Annotations = new Dictionary<string, string> { ["a"] = "1" },
            }
        );
        await engine.PutQueueAsync(new QueueSettingsChange { Delay = TimeSpan.FromSeconds(5) });
        (await Start().StatusAsync()).Queue.Settings.Annotations.ShouldBe(new Dictionary<string, string> { ["a"] = "1" });
        await engine.PutQueueAsync(new QueueSettingsChange { Annotations = new Dictionary<string, string>() });
        var settings = (await Start().StatusAsync()).Queue.Settings;
        settings.Annotations.ShouldBeEmpty();
        settings.MaxDeliveryCount.ShouldBe(3);
        settings.Delay.ShouldBe(TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task The_most_annotations_fit_the_row_however_they_are_spelled_and_more_are_refused()
    {
        var engine = await StartWithQueueAsync();
        foreach (
            var most in new[]
            {
                new string('"', 8000),
                new string('€', Limits.MaxAnnotationsLength - 1),
                new string('/', Limits.MaxAnnotationsLength - 1),
            }
        )
        {
            await engine.PutQueueAsync(new QueueSettingsChange { Annotations = new Dictionary<string, string> { ["a"] = most } });
            (await Start().StatusAsync()).Queue.Settings.Annotations["a"].ShouldBe(most);
        }

        var tooLong = new QueueSettingsChange
        {
            Annotations = new Dictionary<string, string> { ["a"] = new string('x', Limits.MaxAnnotationsLength) },
        };
        (await engine.Engine.PutQueueAsync(engine.Queue, tooLong, default, Cancellation)).Failure.ShouldBeOfType<Failure.Invalid>();
    }

    [Fact]
    public async Task Of_two_changes_on_the_same_reading_one_is_refused()
    {
        var engine = await StartWithQueueAsync();
        var read = (await engine.Engine.ReadQueueAsync(engine.Queue, Cancellation)).Value;
        var condition = new QueueCondition(read.ETag, false);
        var first = await engine.Engine.SetQueueAsync(
            engine.Queue,
            new QueueSettingsChange { Annotations = new Dictionary<string, string> { ["a"] = "1" } },
            condition,
            Cancellation
        );
        first.Value.Settings.Annotations["a"].ShouldBe("1");
        first.Value.ETag.ShouldNotBe(read.ETag);
        var second = await Start()
            .Engine.SetQueueAsync(
                engine.Queue,
                new QueueSettingsChange { Annotations = new Dictionary<string, string> { ["a"] = "2" } },
                condition,
                Cancellation
            );
        second.Failure.ShouldBeOfType<Failure.PreconditionFailed>();
    }

    [Fact]
    public async Task A_look_at_a_queue_may_be_as_old_as_the_cache_time_and_a_reading_is_not()
    {
        var engine = await StartWithQueueAsync();
        await Start().PutQueueAsync(new QueueSettingsChange { Delay = TimeSpan.FromSeconds(9) });
        (await engine.Engine.FindQueueAsync(engine.Queue, Cancellation)).Value.Settings.Delay.ShouldBe(TimeSpan.Zero);
        (await engine.Engine.ReadQueueAsync(engine.Queue, Cancellation)).Value.Settings.Delay.ShouldBe(TimeSpan.FromSeconds(9));
        (await engine.Engine.FindQueueAsync(engine.Queue, Cancellation)).Value.Settings.Delay.ShouldBe(TimeSpan.FromSeconds(9));
        var other = TestEngine.Name("none");
        (await engine.Engine.FindQueueAsync(other, Cancellation)).Failure.ShouldBe(new Failure.QueueNotFound(other));
        (await engine.Engine.ReadQueueAsync(other, Cancellation)).Failure.ShouldBe(new Failure.QueueNotFound(other));
    }

    [Fact]
    public async Task A_deletion_is_known_to_every_process_for_the_time_asked_about_and_only_under_the_queues_name()
    {
        var engine = await StartWithQueueAsync();
        (await WasDeletedAsync("orders")).ShouldBeFalse();
        await engine.Engine.DeleteQueueAsync(engine.Queue, Cancellation);
        (await WasDeletedAsync("orders")).ShouldBeTrue();
        (await WasDeletedAsync("order")).ShouldBeFalse();
        Time.Advance(TimeSpan.FromSeconds(59));
        (await WasDeletedAsync("orders")).ShouldBeTrue();
        Time.Advance(TimeSpan.FromSeconds(1));
        (await WasDeletedAsync("orders")).ShouldBeFalse();
    }

    [Fact]
    public async Task Making_a_queue_is_no_deletion()
    {
        await StartWithQueueAsync();
        (await WasDeletedAsync("orders")).ShouldBeFalse();
    }

    private async Task<bool> WasDeletedAsync(string queue) =>
        (await Start().Engine.WasDeletedAsync(TestEngine.Name(queue), TimeSpan.FromSeconds(60), Cancellation)).Value;
}
