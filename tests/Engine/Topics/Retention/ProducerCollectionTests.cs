using FuncQueue.Engine.Tests.Support;
using FuncQueue.Engine.Topics;

namespace FuncQueue.Engine.Tests.Topics.Retention;

/// <summary>A producer is forgotten with what it would repeat, and not before.</summary>
[Trait("Guarantee", "7")]
public sealed class ProducerCollectionTests(AzuriteFixture azurite) : TopicTest(azurite)
{
    private static readonly TimeSpan Month = TimeSpan.FromDays(30);

    [Fact]
    public async Task A_producer_is_forgotten_once_it_was_idle_for_longer_than_retention_and_may_begin_anew()
    {
        var engine = await StartWithTopicAsync(OnePartition with { Retention = Month });
        await PublishAsync(engine, Counted("idle", "a", 41, epoch: 3));
        await PublishAsync(engine, Counted("busy", "b", 7));
        Time.Advance(Month - TimeSpan.FromHours(1));
        await PublishAsync(engine, Counted("busy", "c", 8));
        (await SweepAsync(engine)).ProducersForgotten.ShouldBe(0);
        (await PublishAsync(engine, Counted("idle", "a", 41, epoch: 3))).Duplicate.ShouldBeTrue();
        Time.Advance(TimeSpan.FromHours(2));
        (await SweepAsync(engine)).ProducersForgotten.ShouldBe(1);
        (await SweepAsync(engine)).ProducersForgotten.ShouldBe(0);
        // A process that knew it, and one that did not; numbers and epochs count anew.
        (await PublishAsync(engine, Counted("idle", "d", 42, epoch: 3))).Duplicate.ShouldBeFalse();
        var other = Start();
        (await PublishAsync(other, Counted("busy", "c", 8))).Duplicate.ShouldBeTrue();
        (await TryPublishAsync(other, Counted("busy", "x", 10))).Failure.ShouldBe(new Failure.SequenceGap(9));
        (await TextsAsync(other)).ShouldBe(["c", "d"]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task However_short_retention_is_a_producer_is_known_for_a_week_and_for_ever_where_records_are(bool forEver)
    {
        var engine = await StartWithTopicAsync(OnePartition with { Retention = forEver ? (TimeSpan?)null : TimeSpan.Zero });
        await PublishAsync(engine, Counted("one", "a", 0));
        Time.Advance(TimeSpan.FromDays(6));
        (await SweepAsync(engine)).ProducersForgotten.ShouldBe(0);
        (await PublishAsync(Start(), Counted("one", "a", 0))).Duplicate.ShouldBeTrue();
        Time.Advance(TimeSpan.FromDays(2));
        (await SweepAsync(engine)).ProducersForgotten.ShouldBe(forEver ? 0 : 1);
    }

    [Fact]
    public async Task A_producer_that_comes_back_while_it_is_being_forgotten_is_not()
    {
        var (engine, other) = (await StartWithTopicAsync(OnePartition with { Retention = TimeSpan.Zero }), Start());
        await PublishAsync(engine, Counted("one", "a", 0));
        Time.Advance(TimeSpan.FromDays(8));
        var held = other.Faults.Hold(r => r.IsTableWrite && r.Operations.Any(o => o.IsOn("i")));
        var sweep = SweepAsync(other);
        await held.Reached;
        await PublishAsync(engine, Counted("one", "b", 1));
        held.Release();
        (await sweep).ProducersForgotten.ShouldBe(0);
        (await PublishAsync(Start(), Counted("one", "b", 1))).Duplicate.ShouldBeTrue();
    }

    private static async Task<TopicSweepReport> SweepAsync(TestEngine engine) =>
        (await engine.Topics.SweepAsync(everything: true, Cancellation).WithinPatienceAsync()).Value;

    private static PublishRequest Counted(string producer, string text, long sequence, long epoch = 0) =>
        Text(text) with
        {
            Partition = 0,
            Producer = new ProducerStamp(producer, epoch, sequence),
        };
}
