using FuncQueue.Engine.Tests.Support;

namespace FuncQueue.Engine.Tests.Looking;

/// <summary>Counts and the oldest age, as the rows are.</summary>
public sealed class CountTests(AzuriteFixture azurite) : EngineTest(azurite)
{
    [Fact]
    public async Task Counts_follow_every_change_of_a_message_over_all_shards()
    {
        var (engine, other) = (await StartWithQueueAsync(new QueueSettingsChange { Shards = 4 }), Start());
        await engine.EnqueueInEveryShardAsync(4);
        await engine.EnqueueAllAsync([TestEngine.Text("later") with { Delay = TimeSpan.FromHours(1) }, TestEngine.Text("now")]);
        (await other.CountsAsync()).ShouldBe(new MessageCounts(5, 0, 1, 0));
        var messages = await engine.DequeueEverythingAsync(TimeSpan.FromMinutes(1));
        (await other.CountsAsync()).ShouldBe(new MessageCounts(0, 5, 1, 0));
        await engine.AckAsync(messages[0]);
        await engine.DeadLetterAsync(messages[1]);
        await engine.NackAsync(messages[2]);
        (await other.CountsAsync()).ShouldBe(new MessageCounts(1, 2, 1, 1));
        Time.Advance(TimeSpan.FromHours(1));
        // What is leased no more is ready, whether anybody has noticed or not.
        (await other.CountsAsync()).ShouldBe(new MessageCounts(4, 0, 0, 1));
    }

    [Fact]
    public async Task The_oldest_age_is_that_of_the_oldest_ready_or_leased_message()
    {
        var (engine, other) = (await StartWithQueueAsync(new QueueSettingsChange { Shards = 2 }), Start());
        (await other.StatusAsync()).OldestMessageAge.ShouldBeNull();
        await engine.EnqueueAsync(TestEngine.Text("scheduled") with { Delay = TimeSpan.FromHours(1) });
        Time.Advance(TimeSpan.FromSeconds(10));
        (await other.StatusAsync()).OldestMessageAge.ShouldBeNull();
        await engine.EnqueueAsync("a");
        await engine.LeaveShardAsync();
        Time.Advance(TimeSpan.FromSeconds(10));
        await engine.EnqueueAsync("b");
        (await other.StatusAsync()).OldestMessageAge.ShouldBe(TimeSpan.FromSeconds(10));
        var first = (await engine.DequeueEverythingAsync(TimeSpan.FromHours(1))).Single(m => m.Text() == "a");
        Time.Advance(TimeSpan.FromSeconds(5));
        (await other.StatusAsync()).OldestMessageAge.ShouldBe(TimeSpan.FromSeconds(15));
        await engine.AckAsync(first);
        (await other.StatusAsync()).OldestMessageAge.ShouldBe(TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task Dead_letters_have_no_part_in_the_oldest_age()
    {
        var engine = await StartWithQueueAsync();
        await engine.EnqueueAsync("a");
        await engine.DeadLetterAsync(await engine.DequeueOneAsync());
        Time.Advance(TimeSpan.FromSeconds(5));
        (await engine.StatusAsync()).OldestMessageAge.ShouldBeNull();
    }

    [Fact]
    public async Task Counts_are_exact_beyond_a_page_of_rows()
    {
        var engine = await StartWithQueueAsync(options: Options with { MaxMessagesPerRow = 1 });
        for (var i = 0; i < 11; i++)
            await engine.EnqueueAllAsync(Enumerable.Range(0, 100).Select(n => $"{n}"));
        await engine.DequeueAsync(50, TimeSpan.FromHours(1));
        (await Start().CountsAsync()).ShouldBe(new MessageCounts(1050, 50, 0, 0));
    }
}
