using FuncQueue.Client.Json;
using FuncQueue.Client.Reading;
using FuncQueue.Client.Transport;

namespace FuncQueue.Client.Tests.Pure;

public sealed class HeldPartitionsTests
{
    private readonly HeldPartitions held = new("m", new FuncQueueGroupReaderOptions { LeaseDuration = Seconds(30), BatchSize = 1 });

    /// <summary>A server that was away for as long as a lease answers the repeated read, since nobody else took the partition.</summary>
    [Fact]
    public void Records_behind_some_that_were_let_go_are_not_taken_for_the_next_ones()
    {
        Read(0, Fresh(5, 6, 7));
        var first = held.Begin(Seconds(1)).ShouldHaveSingleItem();
        var planned = Plan(29);
        held.RemoveEnded(Seconds(31)).ShouldBe([first]);
        held.Take(planned, Answer(31, Behind("ok", 8, 9))).ShouldBeEmpty();
        held.Partitions.ShouldBeEmpty();
        held.End(first, isDone: true);
        held.Begin(Seconds(32)).ShouldBeEmpty();
        held.ToCommit().ShouldBeEmpty();
        // Without a token to go on behind, the server begins at what is committed.
        Plan(32).Read.After.ShouldBeEmpty();
        Read(32, Fresh(5, 6, 7, 8, 9));
        held.Begin(Seconds(33)).ShouldHaveSingleItem().InHand.ShouldHaveSingleItem().Offset.ShouldBe(5);
    }

    [Fact]
    public void A_partition_that_a_commit_found_lost_does_not_go_on_behind_what_was_let_go()
    {
        Read(0, Fresh(5, 6, 7));
        var first = held.Begin(Seconds(1)).ShouldHaveSingleItem();
        var planned = Plan(2);
        held.Committed(first, 6, "fenced").ShouldBeTrue();
        held.Take(planned, Answer(3, Behind("ok", 8))).ShouldBeEmpty();
        held.Partitions.ShouldBeEmpty();
    }

    /// <summary>A token of an earlier hold is ignored: the new one begins at what is committed.</summary>
    [Fact]
    public void A_partition_that_is_given_anew_begins_where_the_server_says()
    {
        Read(0, Fresh(5, 6, 7));
        var first = held.Begin(Seconds(1)).ShouldHaveSingleItem();
        held.Take(Plan(29), Answer(31, Behind("fenced", 5, 6))).ShouldBe([first]);
        held.End(first, isDone: false);
        held.Begin(Seconds(32)).ShouldHaveSingleItem().InHand.ShouldHaveSingleItem().Offset.ShouldBe(5);
    }

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);

    private PlannedRead Plan(double at) => held.Plan(Seconds(at), out _).ShouldNotBeNull();

    private void Read(double at, WireGroupRead read) => held.Take(Plan(at), Answer(at, read)).ShouldBeEmpty();

    private static Answer<WireGroupRead> Answer(double at, WireGroupRead read) =>
        new(read, Seconds(at), Seconds(at), AfterUncertain: false);

    private static WireGroupRead Behind(string status, params long[] offsets)
    {
        var read = Fresh(offsets);
        read.After = [new WireSettled { Status = status }];
        return read;
    }

    private static WireGroupRead Fresh(params long[] offsets) =>
        new()
        {
            Records = [.. offsets.Select(offset => new TopicRecord { Partition = 0, Offset = offset })],
            Tokens = [new() { NextOffset = offsets[^1] + 1, Token = "t" }],
            Assigned = [0],
        };
}
