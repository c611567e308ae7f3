using FuncQueue.Engine.Tests.Support;
using FuncQueue.Engine.Topics;

namespace FuncQueue.Engine.Tests.Topics.Registry;

/// <summary>What processes ask of the registry does not grow with the topics that they know.</summary>
public sealed class TopicRegistryCostTests(AzuriteFixture azurite) : TopicTest(azurite)
{
    private const int Topics = 10;

    [Fact]
    public async Task A_process_that_uses_many_topics_asks_the_registry_about_as_often_as_for_one()
    {
        var engine = await UseAllAsync();
        engine.Requests.Clear();
        const int Rounds = 8;
        for (var round = 0; round < Rounds; round++)
        {
            Time.Advance(Options.SettingsCacheTime);
            await FindAllAsync(engine);
        }

        engine.Requests.Count.ShouldBe(Rounds);
    }

    [Fact]
    public async Task What_another_process_does_to_a_topic_is_seen_as_soon_as_if_it_were_the_only_one()
    {
        var (engine, other) = (await UseAllAsync(), Start());
        var change = new TopicSettingsChange { Retention = TimeSpan.FromDays(3) };
        (await other.Topics.PutTopicAsync(Name(1), change, default, Cancellation)).Failure.ShouldBeNull();
        (await other.Topics.DeleteTopicAsync(Name(2), drain: false, Cancellation)).Value.ShouldBeTrue();
        (await other.Topics.DeleteTopicAsync(Name(3), drain: false, Cancellation)).Value.ShouldBeTrue();
        (await other.Topics.PutTopicAsync(Name(3), change, default, Cancellation)).Failure.ShouldBeNull();
        Time.Advance(Options.SettingsCacheTime);
        (await engine.Topics.FindTopicAsync(Name(1), Cancellation)).Value.Settings.Retention.ShouldBe(TimeSpan.FromDays(3));
        (await engine.Topics.FindTopicAsync(Name(2), Cancellation)).Failure.ShouldBe(new Failure.TopicNotFound(Name(2)));
        (await engine.Topics.FindTopicAsync(Name(3), Cancellation)).Value.Settings.Retention.ShouldBe(TimeSpan.FromDays(3));
    }

    private static TopicName Name(int number) => Topic($"topic-{number}");

    /// <summary>A process that knows all topics and has read them since it first read the registry's version.</summary>
    private async Task<TestEngine> UseAllAsync()
    {
        var engine = Start();
        for (var i = 0; i < Topics; i++)
            (await engine.Topics.PutTopicAsync(Name(i), OnePartition, default, Cancellation)).Failure.ShouldBeNull();
        for (var round = 0; round < 2; round++)
        {
            Time.Advance(Options.SettingsCacheTime);
            await FindAllAsync(engine);
        }

        return engine;
    }

    private static async Task FindAllAsync(TestEngine engine)
    {
        for (var i = 0; i < Topics; i++)
            (await engine.Topics.FindTopicAsync(Name(i), Cancellation)).Failure.ShouldBeNull();
    }
}
