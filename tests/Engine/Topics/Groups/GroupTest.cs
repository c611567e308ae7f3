using FuncQueue.Engine.Tests.Support;
using FuncQueue.Engine.Topics;

namespace FuncQueue.Engine.Tests.Topics.Groups;

/// <summary>A test on groups of a topic. Its methods expect success and fail the test otherwise.</summary>
public abstract class GroupTest(AzuriteFixture azurite) : TopicTest(azurite)
{
    protected static readonly QueueName Workers = TestEngine.Name("workers");

    protected static readonly QueueName Ann = TestEngine.Name("ann");

    protected static readonly QueueName Bob = TestEngine.Name("bob");

    protected static readonly TimeSpan Lease = TimeSpan.FromSeconds(60);

    /// <summary>After this a lease of a minute is over for everybody, with what it is longer than was asked for.</summary>
    protected static readonly TimeSpan BeyondLease = TimeSpan.FromSeconds(76);

    protected static TopicSettingsChange Partitions(int count) => new() { Partitions = count };

    protected static GroupReadRequest From(QueueName member, ReadFrom from) => new() { Member = member, From = from };

    protected static GroupReadRequest Earliest(QueueName member) => From(member, new ReadFrom.Earliest());

    protected static Task<Outcome<GroupRecords>> TryReadAsync(TestEngine engine, GroupReadRequest request, QueueName? group = null) =>
        engine.Topics.Groups.ReadAsync(Events, group ?? Workers, request, Cancellation).WithinPatienceAsync();

    protected static async Task<GroupRecords> ReadAsync(TestEngine engine, GroupReadRequest request, QueueName? group = null) =>
        (await TryReadAsync(engine, request, group)).Value;

    /// <summary>Reads from the beginning, without a wait.</summary>
    protected static Task<GroupRecords> ReadAsync(TestEngine engine, QueueName member) => ReadAsync(engine, Earliest(member));

    /// <summary>Commits all that came, and reads on.</summary>
    protected static Task<GroupRecords> ReadOnAsync(TestEngine engine, QueueName member, GroupRecords last) =>
        ReadAsync(engine, Earliest(member) with { Commit = TokensOf(last), After = TokensOf(last) });

    protected static async Task<IReadOnlyList<TokenStatus>> CommitAsync(TestEngine engine, params IEnumerable<string> tokens) =>
        (await engine.Topics.Groups.CommitAsync(Events, Workers, [.. tokens], Cancellation).WithinPatienceAsync()).Value;

    protected static Task<IReadOnlyList<TokenStatus>> CommitAsync(TestEngine engine, GroupRecords read) =>
        CommitAsync(engine, TokensOf(read));

    protected static async Task LeaveAsync(TestEngine engine, QueueName member) =>
        (await engine.Topics.Groups.LeaveAsync(Events, Workers, member, Cancellation).WithinPatienceAsync()).Value.ShouldBeTrue();

    protected static async Task SeekAsync(TestEngine engine, SubscriptionStart to) =>
        (await engine.Topics.Groups.SeekAsync(Events, Workers, to, Cancellation).WithinPatienceAsync()).Value.ShouldBeTrue();

    protected static async Task<TopicGroup> GroupAsync(TestEngine engine) =>
        (await engine.Topics.Groups.GetAsync(Events, Workers, Cancellation).WithinPatienceAsync()).Value.ShouldHaveSingleItem();

    protected static IReadOnlyList<string> TokensOf(GroupRecords read) => [.. read.Tokens.Select(t => t.Token)];

    protected static IReadOnlyList<string> TextsOf(GroupRecords read) => [.. read.Records.Select(TextOf)];

    /// <summary>Publishes to a partition.</summary>
    protected static async Task PublishToAsync(TestEngine engine, int partition, params IEnumerable<string> texts)
    {
        foreach (var outcome in await PublishAllAsync(engine, texts.Select(t => Text(t) with { Partition = partition })))
            _ = outcome.Value;
    }
}
