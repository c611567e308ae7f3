using FuncQueue.Engine.Tests.Support;
using FuncQueue.Engine.Topics;

namespace FuncQueue.Engine.Tests.Topics.Groups;

/// <summary>Of a group, one member at a time holds a partition, whichever processes its calls come to.</summary>
[Trait("Guarantee", "8")]
public sealed class HandOverTests(AzuriteFixture azurite) : GroupTest(azurite)
{
    [Fact]
    public async Task One_who_comes_gets_half_when_all_in_hand_is_committed_and_nothing_comes_twice()
    {
        var (engine, other) = (await StartWithTopicAsync(Partitions(2)), Start());
        await PublishToAsync(engine, 0, "a");
        await PublishToAsync(engine, 1, "b");
        var first = await ReadAsync(engine, Ann);
        first.Assigned.ShouldBe([0, 1]);
        first.Wanted.ShouldBeEmpty();
        (await ReadAsync(other, Bob)).Assigned.ShouldBeEmpty();
        // What is in hand is kept, and the holder is told that somebody waits.
        var next = await ReadAsync(engine, Earliest(Ann) with { After = TokensOf(first) });
        next.Assigned.ShouldBe([0, 1]);
        next.Wanted.ShouldBe([1]);
        await PublishToAsync(engine, 0, "c");
        await PublishToAsync(engine, 1, "d");
        next = await ReadOnAsync(engine, Ann, first);
        next.Assigned.ShouldBe([0]);
        TextsOf(next).ShouldBe(["c"]);
        var got = await ReadAsync(other, Bob);
        got.Assigned.ShouldBe([1]);
        TextsOf(got).ShouldBe(["d"]);
    }

    [Fact]
    public async Task A_member_that_leaves_off_in_the_middle_of_a_page_hands_over_what_it_has_not_begun()
    {
        var (engine, other) = (await StartWithTopicAsync(Partitions(2)), Start());
        await PublishToAsync(engine, 1, "a", "b", "c");
        var token = (await ReadAsync(engine, Ann)).Tokens.Single(t => t.Partition == 1).Token;
        (await ReadAsync(other, Bob)).Assigned.ShouldBeEmpty();
        var next = await ReadAsync(engine, Earliest(Ann) with { Commit = [$"{token}@1"], After = [$"{token}@1"] });
        next.Assigned.ShouldBe([0]);
        TextsOf(await ReadAsync(other, Bob)).ShouldBe(["b", "c"]);
        (await CommitAsync(engine, $"{token}@2")).ShouldBe([TokenStatus.Fenced]);
    }

    [Fact]
    public async Task Whoever_leaves_gives_back_at_once_and_its_tokens_are_fenced()
    {
        var (engine, other) = (await StartWithTopicAsync(), Start());
        await PublishAsync(engine, "a");
        var read = await ReadAsync(engine, Ann);
        await LeaveAsync(other, Ann);
        TextsOf(await ReadAsync(other, Bob)).ShouldBe(["a"]);
        (await CommitAsync(engine, read)).ShouldBe([TokenStatus.Fenced]);
        (await GroupAsync(engine)).Partitions[0].Committed.ShouldBe(0);
        var late = await ReadAsync(engine, Earliest(Ann) with { Commit = TokensOf(read), After = TokensOf(read) });
        late.Assigned.ShouldBeEmpty();
        late.Committed.ShouldBe([TokenStatus.Fenced]);
        late.After.ShouldBe([TokenStatus.Fenced]);
        // One who is not there leaves without a fuss.
        await LeaveAsync(engine, TestEngine.Name("nobody"));
    }

    [Fact]
    public async Task A_read_that_still_waits_does_not_bring_back_a_member_that_has_left()
    {
        var (engine, other) = (await StartWithTopicAsync(Partitions(2)), Start());
        await ReadAsync(engine, Ann);
        // Its caller has gone, and the process does not know.
        var waits = ReadAsync(engine, Earliest(Ann) with { Wait = TimeSpan.FromSeconds(20) });
        await LeaveAsync(engine, Ann);
        // The read may have begun after the leave: then it has joined, and leaves once more.
        while (!waits.IsCompleted)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, Cancellation);
            if ((await GroupAsync(engine)).Members.Count > 0 && !waits.IsCompleted)
                await LeaveAsync(engine, Ann);
        }

        (await waits).Assigned.ShouldBeEmpty();
        (await GroupAsync(engine)).Members.ShouldBeEmpty();
        (await ReadAsync(other, Bob)).Assigned.ShouldBe([0, 1]);
    }

    [Fact]
    public async Task A_lease_that_has_ended_is_taken_and_the_one_who_stalled_is_fenced()
    {
        var (engine, other) = (await StartWithTopicAsync(), Start());
        await PublishAsync(engine, "a");
        var stalled = await ReadAsync(engine, Ann);
        (await ReadAsync(other, Bob)).Assigned.ShouldBeEmpty();
        Time.Advance(Lease);
        (await ReadAsync(other, Bob)).Assigned.ShouldBeEmpty("as long as was asked for it is kept at least");
        Time.Advance(BeyondLease - Lease);
        TextsOf(await ReadAsync(other, Bob)).ShouldBe(["a"]);
        (await CommitAsync(engine, stalled)).ShouldBe([TokenStatus.Fenced]);
        (await ReadAsync(engine, Ann)).Assigned.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_commit_counts_after_the_end_of_a_lease_that_nobody_has_taken()
    {
        var (engine, other) = (await StartWithTopicAsync(), Start());
        await PublishAsync(engine, "a");
        var read = await ReadAsync(engine, Ann);
        Time.Advance(BeyondLease);
        (await CommitAsync(other, read)).ShouldBe([TokenStatus.Ok]);
        (await ReadAsync(engine, Bob)).ShouldSatisfyAllConditions(r => r.Assigned.ShouldBe([0]), r => r.Records.ShouldBeEmpty());
    }

    [Fact]
    public async Task Of_several_who_come_at_once_in_different_processes_each_partition_has_one_holder()
    {
        var engine = await StartWithTopicAsync(Partitions(4));
        TestEngine[] processes = [engine, Start(), Start()];
        for (var round = 0; round < 10; round++)
        {
            var group = TestEngine.Name($"g{round}");
            var reads = await Task.WhenAll(
                Enumerable.Range(0, 6).Select(i => ReadAsync(processes[i % 3], Earliest(TestEngine.Name($"m{i}")), group))
            );
            reads.SelectMany(r => r.Assigned).ShouldBe([0, 1, 2, 3], ignoreOrder: true);
        }
    }

    [Fact]
    public async Task Of_two_commits_at_once_in_different_processes_the_greater_counts()
    {
        var (engine, other) = (await StartWithTopicAsync(), Start());
        await PublishToAsync(engine, 0, Enumerable.Range(0, 40).Select(i => $"{i}"));
        var read = await ReadAsync(engine, Earliest(Ann) with { MaxRecords = 1 });
        for (var i = 1; i < 39; i += 2)
        {
            var next = await ReadAsync(engine, Earliest(Ann) with { MaxRecords = 1, After = TokensOf(read) });
            var last = await ReadAsync(engine, Earliest(Ann) with { MaxRecords = 1, After = TokensOf(next) });
            var commits = await Task.WhenAll(CommitAsync(engine, next), CommitAsync(other, last));
            commits.SelectMany(c => c).ShouldAllBe(s => s == TokenStatus.Ok);
            (await GroupAsync(engine)).Partitions[0].Committed.ShouldBe(i + 2);
            read = last;
        }
    }

    [Fact]
    public async Task A_member_that_waits_is_handed_what_another_gives_up_and_what_is_published_then()
    {
        var engine = await StartWithTopicAsync();
        var read = await ReadAsync(engine, Ann);
        var waits = ReadAsync(engine, Earliest(Bob) with { Wait = Limits.MaxWait });
        await Eventually.HoldsAsync("he is there", async () => (await GroupAsync(engine)).Members.Count == 2);
        await LeaveAsync(engine, Ann);
        await Eventually.HoldsAsync("it is his", async () => (await GroupAsync(engine)).Partitions[0].Member == Bob);
        await PublishAsync(engine, "a");
        TextsOf(await waits).ShouldBe(["a"]);
        (await CommitAsync(engine, read)).ShouldBe([TokenStatus.Fenced]);
    }

    [Fact]
    public async Task A_member_that_waits_in_another_process_learns_of_it_in_time()
    {
        var (engine, other) = (await StartWithTopicAsync(), Start());
        await PublishAsync(engine, "a");
        await ReadAsync(engine, Ann);
        var waits = ReadAsync(other, Earliest(Bob) with { Wait = Limits.MaxWait });
        await Eventually.HoldsAsync("he is there", async () => (await GroupAsync(engine)).Members.Count == 2);
        await LeaveAsync(engine, Ann);
        await Eventually.HoldsAsync(
            "he looks",
            () =>
            {
                Time.Advance(TimeSpan.FromMilliseconds(100));
                return waits.IsCompleted;
            }
        );
        TextsOf(await waits).ShouldBe(["a"]);
    }

    [Fact]
    public async Task A_group_takes_as_many_members_as_it_may_have_and_no_more()
    {
        var (engine, other) = (await StartWithTopicAsync(), Start());
        for (var i = 0; i < Limits.MaxGroupMembers; i++)
            await ReadAsync(engine, Earliest(TestEngine.Name($"m{i}")));
        (await TryReadAsync(other, Earliest(Bob))).Failure.ShouldBeOfType<Failure.GroupFull>();
        await LeaveAsync(other, TestEngine.Name("m7"));
        var both = await Task.WhenAll(TryReadAsync(engine, Earliest(Bob)), TryReadAsync(other, Earliest(Ann)));
        both.Count(o => o.Failure is Failure.GroupFull).ShouldBe(1);
        both.Count(o => o.Failure is null).ShouldBe(1);
    }

    [Fact]
    public async Task While_the_clock_is_not_known_to_be_right_nothing_is_handed_out_and_commits_count()
    {
        var time = new JumpingTime();
        var engine = Start(Options with { MaxClockOffset = TimeSpan.FromSeconds(30) }, time);
        await PutAsync(engine);
        await PublishAsync(engine, "a");
        var read = await ReadAsync(engine, Ann);
        TextsOf(read).ShouldBe(["a"]);
        time.Jump(TimeSpan.FromMinutes(10));
        (await CommitAsync(engine, read)).ShouldBe([TokenStatus.Ok]);
        (await ReadAsync(engine, Bob)).ShouldSatisfyAllConditions(r => r.Records.ShouldBeEmpty(), r => r.Assigned.ShouldBeEmpty());
    }
}
