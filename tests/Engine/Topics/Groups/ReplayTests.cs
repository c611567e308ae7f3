using FuncQueue.Engine.Tests.Support;
using FuncQueue.Engine.Tests.Topics.Forwarding;
using FuncQueue.Engine.Topics;

namespace FuncQueue.Engine.Tests.Topics.Groups;

/// <summary>The past again, while producers go on.</summary>
public sealed class ReplayTests(AzuriteFixture azurite) : ForwardingTest(azurite)
{
    private const int Records = 120;

    private static readonly QueueName Group = TestEngine.Name("replay");

    [Fact]
    public async Task A_group_that_is_sought_back_while_producers_go_on_gets_everything_again_in_order()
    {
        var (engine, other) = (await StartWithTopicAsync(), Start());
        _ = await ReadAsync(engine, []);
        var publishing = PublishAllAsync(other);
        var (seen, tokens) = (new List<long>(), (IReadOnlyList<string>)[]);
        while (seen.Count < 20)
            tokens = await ReadOnAsync(engine, seen, tokens);
        (await engine.Topics.Groups.SeekAsync(Events, Group, new SubscriptionStart.Earliest(), Cancellation)).Failure.ShouldBeNull();
        var again = new List<long>();
        while (again.Count < Records)
            tokens = await ReadOnAsync(engine, again, tokens);
        again.ShouldBe(Enumerable.Range(0, Records).Select(o => (long)o));
        await publishing;
    }

    [Fact]
    public async Task A_subscription_that_is_sought_back_while_producers_go_on_brings_everything_and_the_past_twice()
    {
        var engine = await StartWithTopicAsync();
        await SubscribeAsync(engine, "orders");
        var publishing = PublishAllAsync(engine);
        await Eventually.HoldsAsync("it goes on", async () => (await StatusAsync(engine, "orders")).Partitions[0].Position > 10);
        (
            await engine.Topics.SeekSubscriptionAsync(Events, TestEngine.Name("orders"), new SubscriptionStart.Earliest(), Cancellation)
        ).Failure.ShouldBeNull();
        await publishing;
        var arrived = await ArrivedAsync(engine, "orders");
        arrived.Distinct().Count().ShouldBe(Records);
        arrived.GroupBy(t => t).ShouldAllBe(g => g.Count() <= 2);
        arrived.Count(t => t == "0").ShouldBe(2);
    }

    private static async Task PublishAllAsync(TestEngine engine)
    {
        for (var i = 0; i < Records; i++)
            await PublishAsync(engine, $"{i}");
    }

    private static async Task<IReadOnlyList<string>> ReadOnAsync(TestEngine engine, List<long> seen, IReadOnlyList<string> tokens)
    {
        var read = await ReadAsync(engine, tokens);
        seen.AddRange(read.Records.Select(r => r.Offset));
        return [.. read.Tokens.Select(t => t.Token)];
    }

    private static async Task<GroupRecords> ReadAsync(TestEngine engine, IReadOnlyList<string> tokens)
    {
        var request = new GroupReadRequest
        {
            Member = Group,
            From = new ReadFrom.Earliest(),
            Commit = tokens,
            After = tokens,
        };
        return (await engine.Topics.Groups.ReadAsync(Events, Group, request, Cancellation).WithinPatienceAsync()).Value;
    }
}
