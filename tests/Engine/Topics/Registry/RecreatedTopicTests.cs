using FuncQueue.Engine.Tests.Support;
using FuncQueue.Engine.Topics;

namespace FuncQueue.Engine.Tests.Topics.Registry;

/// <summary>
/// A topic that one process has deleted and made again otherwise, and another that remembers the earlier one: what is right for the later
/// one is not refused for the earlier one's sake.
/// </summary>
public sealed class RecreatedTopicTests(AzuriteFixture azurite) : TopicTest(azurite)
{
    private const int Last = 7;

    [Fact]
    public async Task A_partition_that_the_earlier_topic_had_not_takes_records()
    {
        var (_, second) = await RecreateAsync();
        (await PublishAsync(second, Text("a") with { Partition = Last })).Offset.ShouldBe(0);
    }

    [Fact]
    public async Task A_partition_that_the_earlier_topic_had_not_is_read()
    {
        var (first, second) = await RecreateAsync();
        await PublishAsync(first, Text("a") with { Partition = Last });
        (await TryReadAsync(second, new ReadFrom.Earliest(), Last)).Value.Records.Select(TextOf).ShouldBe(["a"]);
    }

    [Fact]
    public async Task A_position_in_the_later_topic_is_good()
    {
        var (first, second) = await RecreateAsync();
        await PublishAsync(first, Text("a") with { Partition = Last });
        var page = (await first.Topics.ReadAsync(Events, new TopicReadRequest(), Cancellation)).Value;
        page.Records.Select(TextOf).ShouldBe(["a"]);
        await PublishAsync(first, Text("b") with { Partition = Last });
        var next = (await second.Topics.ReadAsync(Events, new TopicReadRequest { Position = page.Position }, Cancellation)).Value;
        next.Records.Select(TextOf).ShouldBe(["b"]);
    }

    [Fact]
    public async Task What_is_wrong_for_every_topic_of_the_name_is_refused_at_the_cost_of_one_look()
    {
        var (_, second) = await RecreateAsync();
        await PublishAsync(second, Text("a") with { Partition = Last });
        second.Requests.Clear();
        (await TryPublishAsync(second, Text("b") with { Partition = Last + 1 })).Failure.ShouldBeOfType<Failure.Invalid>();
        second.Requests.All.ShouldHaveSingleItem().IsRowRead.ShouldBeTrue();
    }

    private async Task<(TestEngine First, TestEngine Second)> RecreateAsync()
    {
        var (first, second) = (await StartWithTopicAsync(), Start());
        await PublishAsync(second, "old");
        (await first.Topics.DeleteTopicAsync(Events, drain: false, Cancellation)).Value.ShouldBeTrue();
        await PutAsync(first, new TopicSettingsChange { Partitions = Last + 1 });
        return (first, second);
    }
}
