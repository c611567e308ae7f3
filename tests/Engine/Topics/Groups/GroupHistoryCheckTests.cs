using FuncQueue.Engine.Tests.Support;
using FuncQueue.Engine.Topics;

namespace FuncQueue.Engine.Tests.Topics.Groups;

/// <summary>The checker finds what it is there to find.</summary>
public sealed class GroupHistoryCheckTests
{
    private static readonly QueueName Ann = TestEngine.Name("ann");
    private static readonly QueueName Bob = TestEngine.Name("bob");

    private readonly GroupHistory history = new();

    [Fact]
    public void What_is_allowed_passes()
    {
        var handedOut = Read(Ann, 0, 3);
        Commit(Ann, 3, TokenStatus.Ok, handedOut);
        Read(Bob, 3, 5);
        Commit(Ann, 4, TokenStatus.Fenced, handedOut);
        history.Check();
    }

    [Fact]
    public void What_was_committed_must_not_come_again()
    {
        Commit(Ann, 3, TokenStatus.Ok, Read(Ann, 0, 3));
        Read(Bob, 2, 5);
        Should.Throw<ShouldAssertException>(history.Check);
    }

    [Fact]
    public void Records_must_come_in_order_and_without_a_gap()
    {
        history.Add(Ann, history.Now(), Page([0, 2]));
        Should.Throw<ShouldAssertException>(history.Check);
    }

    [Fact]
    public void Whoever_has_lost_the_partition_must_not_commit()
    {
        var handedOut = Read(Ann, 0, 3);
        Read(Bob, 0, 3);
        Commit(Ann, 3, TokenStatus.Ok, handedOut);
        Should.Throw<ShouldAssertException>(history.Check);
    }

    private long Read(QueueName member, long from, long to)
    {
        history.Add(member, history.Now(), Page([.. Enumerable.Range((int)from, (int)(to - from)).Select(o => (long)o)]));
        return history.Now();
    }

    private void Commit(QueueName member, long next, TokenStatus status, long handedOutAt) =>
        history.Add(history.Now(), new GroupToken(0, next, ""), status, member, handedOutAt);

    private static GroupRecords Page(long[] offsets) =>
        new(
            [
                .. offsets.Select(offset => new Engine.Topics.Record
                {
                    Partition = 0,
                    Offset = offset,
                    MessageId = default,
                    PublishedAt = default,
                    Body = default(ReadOnlyMemory<byte>),
                    BodyLength = 0,
                    ContentType = "text/plain",
                    Attributes = new Dictionary<string, string>(),
                }),
            ],
            [],
            [0],
            [],
            [],
            [],
            []
        );
}
