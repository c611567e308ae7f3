using FuncQueue.Engine.Tests.Support;
using FuncQueue.Engine.Topics;

namespace FuncQueue.Engine.Tests.Topics.Groups;

/// <summary>What a group is handed out, and what it is not.</summary>
[Trait("Guarantee", "8")]
public sealed class GroupReadTests(AzuriteFixture azurite) : GroupTest(azurite)
{
    [Fact]
    public async Task A_group_begins_where_it_is_told_to_and_goes_on_where_it_has_committed()
    {
        var engine = await StartWithTopicAsync();
        await PublishAsync(engine, "a");
        await PublishAsync(engine, "b");
        (await ReadAsync(engine, new GroupReadRequest { Member = Ann })).Records.ShouldBeEmpty();
        await PublishAsync(engine, "c");
        TextsOf(await ReadAsync(engine, Earliest(Ann))).ShouldBe(["c"], "where it begins counts once");
        var first = await ReadAsync(engine, Earliest(Ann), TestEngine.Name("others"));
        TextsOf(first).ShouldBe(["a", "b", "c"]);
        first.Tokens.ShouldHaveSingleItem().NextOffset.ShouldBe(3);
    }

    [Fact]
    public async Task A_group_begins_at_an_instant()
    {
        var engine = await StartWithTopicAsync();
        await PublishAsync(engine, "a");
        Time.Advance(TimeSpan.FromSeconds(5));
        var at = Time.GetUtcNow();
        await PublishAsync(engine, "b");
        TextsOf(await ReadAsync(engine, From(Ann, new ReadFrom.Instant(at)))).ShouldBe(["b"]);
    }

    [Fact]
    public async Task What_was_not_committed_comes_again_and_what_was_does_not()
    {
        var (engine, other) = (await StartWithTopicAsync(), Start());
        await PublishToAsync(engine, 0, "a", "b", "c");
        var read = await ReadAsync(engine, Earliest(Ann) with { MaxRecords = 2 });
        TextsOf(read).ShouldBe(["a", "b"]);
        TextsOf(await ReadAsync(other, Earliest(Ann))).ShouldBe(["a", "b", "c"]);
        (await CommitAsync(other, read)).ShouldBe([TokenStatus.Ok]);
        TextsOf(await ReadAsync(engine, Ann)).ShouldBe(["c"]);
        // An earlier one afterwards takes nothing back.
        (await CommitAsync(engine, read)).ShouldBe([TokenStatus.Ok]);
        TextsOf(await ReadAsync(other, Ann)).ShouldBe(["c"]);
    }

    [Fact]
    public async Task A_member_that_reads_ahead_goes_on_behind_its_tokens()
    {
        var engine = await StartWithTopicAsync();
        await PublishToAsync(engine, 0, "a", "b", "c", "d");
        var first = await ReadAsync(engine, Earliest(Ann) with { MaxRecords = 2 });
        var second = await ReadAsync(engine, Earliest(Ann) with { MaxRecords = 1, After = TokensOf(first) });
        TextsOf(second).ShouldBe(["c"]);
        second.After.ShouldBe([TokenStatus.Ok]);
        (await CommitAsync(engine, first)).ShouldBe([TokenStatus.Ok]);
        TextsOf(await ReadAsync(engine, Earliest(Ann) with { After = TokensOf(second) })).ShouldBe(["d"]);
        TextsOf(await ReadAsync(engine, Ann)).ShouldBe(["c", "d"]);
    }

    [Fact]
    public async Task A_token_with_an_offset_commits_and_goes_on_so_far_only()
    {
        var engine = await StartWithTopicAsync();
        await PublishToAsync(engine, 0, "a", "b", "c", "d");
        var token = TokensOf(await ReadAsync(engine, Earliest(Ann) with { MaxRecords = 3 })).ShouldHaveSingleItem();
        (await CommitAsync(engine, $"{token}@2")).ShouldBe([TokenStatus.Ok]);
        (await CommitAsync(engine, $"{token}@1")).ShouldBe([TokenStatus.Ok]);
        (await GroupAsync(engine)).Partitions[0].Committed.ShouldBe(2, "an earlier one takes nothing back");
        TextsOf(await ReadAsync(engine, Ann)).ShouldBe(["c", "d"]);
        TextsOf(await ReadAsync(engine, Earliest(Ann) with { After = [$"{token}@3"] })).ShouldBe(["d"]);
        TextsOf(await ReadAsync(engine, Earliest(Ann) with { After = [$"{token}@0"] }))
            .ShouldBe(["c", "d"], "what is committed does not come again");
        string[] malformed =
        [
            $"{token}@4",
            $"{token}@",
            $"{token}@-1",
            $"{token}@ 1",
            $"{token}@1@1",
            "@1",
            $"{token[1..]}@1",
            $"{token}@99999999999999999999",
        ];
        (await CommitAsync(engine, malformed)).ShouldAllBe(status => status == TokenStatus.Malformed);
    }

    [Fact]
    public async Task Groups_read_the_same_topic_each_at_its_own_pace()
    {
        var engine = await StartWithTopicAsync();
        await PublishToAsync(engine, 0, "a", "b");
        var (one, two) = (TestEngine.Name("one"), TestEngine.Name("two"));
        var read = await ReadAsync(engine, Earliest(Ann), one);
        await ReadAsync(engine, Earliest(Ann) with { Commit = TokensOf(read) }, one);
        TextsOf(await ReadAsync(engine, Earliest(Ann), two)).ShouldBe(["a", "b"]);
        (await ReadAsync(engine, Earliest(Ann), one)).Records.ShouldBeEmpty();
        // A token is good for its own group.
        (await ReadAsync(engine, Earliest(Ann) with { Commit = TokensOf(read) }, two)).Committed.ShouldBe([TokenStatus.Malformed]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_token_of_a_topic_made_anew_is_good_in_a_process_that_remembers_the_earlier_one(bool byReading)
    {
        var (first, second) = (await StartWithTopicAsync(), Start());
        await PublishAsync(second, "old");
        await ReadAsync(second, Ann);
        (await first.Topics.DeleteTopicAsync(Events, drain: false, Cancellation)).Value.ShouldBeTrue();
        await PutAsync(first);
        await PublishAsync(first, "a");
        var read = await ReadAsync(first, Ann);
        TextsOf(read).ShouldBe(["a"]);
        var committed = byReading ? (await ReadOnAsync(second, Ann, read)).Committed : await CommitAsync(second, read);
        committed.ShouldBe([TokenStatus.Ok]);
        (await GroupAsync(first)).Partitions[0].Committed.ShouldBe(1);
    }

    [Fact]
    public async Task A_page_takes_records_of_all_partitions_and_keeps_to_what_was_asked_for()
    {
        var engine = await StartWithTopicAsync(Partitions(3));
        for (var p = 0; p < 3; p++)
            await PublishToAsync(engine, p, $"{p}a", $"{p}b");
        var read = await ReadAsync(engine, Earliest(Ann) with { MaxRecords = 5 });
        read.Records.Count.ShouldBe(5);
        read.Assigned.ShouldBe([0, 1, 2]);
        foreach (var partition in read.Records.GroupBy(r => r.Partition))
            partition.Select(r => r.Offset).ShouldBe(Enumerable.Range(0, partition.Count()).Select(o => (long)o));
        var rest = await ReadOnAsync(engine, Ann, read);
        TextsOf(read).Concat(TextsOf(rest)).ShouldBe(["0a", "0b", "1a", "1b", "2a", "2b"], ignoreOrder: true);
        var small = await ReadAsync(engine, Earliest(Bob) with { MaxBytes = 3 }, TestEngine.Name("small"));
        small.Records.Count.ShouldBe(1);
    }

    [Fact]
    public async Task What_retention_has_removed_is_skipped_and_told()
    {
        var engine = await StartWithTopicAsync(OnePartition with { Retention = TimeSpan.FromMinutes(20) });
        await PublishAsync(engine, "a");
        (await ReadAsync(engine, Ann)).Records.Count.ShouldBe(1);
        Time.Advance(TimeSpan.FromMinutes(30));
        await PublishAsync(engine, "b");
        _ = (await engine.Topics.SweepAsync(true, Cancellation)).Value;
        // The one that stored it remembers it still.
        var other = Start();
        var read = await ReadAsync(other, Ann);
        TextsOf(read).ShouldBe(["b"]);
        read.Skipped.ShouldBe([new SkippedRecords(0, 0, 1)]);
        (await ReadOnAsync(other, Ann, read)).Skipped.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_token_that_was_altered_or_made_up_changes_nothing()
    {
        var engine = await StartWithTopicAsync();
        await PublishAsync(engine, "a");
        var token = TokensOf(await ReadAsync(engine, Ann)).ShouldHaveSingleItem();
        var altered = token.Select((_, i) => string.Concat(token.AsSpan(0, i), token[i] == 'A' ? "B" : "A", token.AsSpan(i + 1))).ToList();
        (await CommitAsync(engine, [.. altered, "", "x", token + token, new string('A', 10_000)])).ShouldAllBe(s =>
            s == TokenStatus.Malformed
        );
        TextsOf(await ReadAsync(engine, Ann)).ShouldBe(["a"]);
        (await CommitAsync(engine, token)).ShouldBe([TokenStatus.Ok]);
    }

    [Fact]
    public async Task A_seek_brings_the_past_again_and_fences_what_was_handed_out_before()
    {
        var engine = await StartWithTopicAsync(Partitions(2));
        await PublishToAsync(engine, 0, "a", "b", "c");
        await PublishToAsync(engine, 1, "d");
        var read = await ReadAsync(engine, Ann);
        (await CommitAsync(engine, read)).ShouldAllBe(s => s == TokenStatus.Ok);
        await SeekAsync(engine, new SubscriptionStart.Offsets(new Dictionary<int, long> { [0] = 1 }));
        (await CommitAsync(engine, read)).ShouldBe([TokenStatus.Fenced, TokenStatus.Ok], ignoreOrder: true);
        var again = await ReadAsync(engine, Earliest(Ann) with { After = TokensOf(read) });
        TextsOf(again).ShouldBe(["b", "c"]);
        again.After.ShouldBe([TokenStatus.Fenced, TokenStatus.Ok], ignoreOrder: true);
        await SeekAsync(engine, new SubscriptionStart.Now());
        (await ReadAsync(engine, Ann)).Records.ShouldBeEmpty();
        await SeekAsync(engine, new SubscriptionStart.Earliest());
        TextsOf(await ReadAsync(engine, Ann)).ShouldBe(["a", "b", "c", "d"], ignoreOrder: true);
    }

    [Fact]
    public async Task A_poison_record_is_skipped_by_a_seek_past_it()
    {
        var engine = await StartWithTopicAsync();
        await PublishToAsync(engine, 0, "a", "poison", "c");
        var read = await ReadAsync(engine, Earliest(Ann) with { MaxRecords = 1 });
        await ReadOnAsync(engine, Ann, read);
        await SeekAsync(engine, new SubscriptionStart.Offsets(new Dictionary<int, long> { [0] = 2 }));
        TextsOf(await ReadAsync(engine, Ann)).ShouldBe(["c"]);
    }

    [Fact]
    public async Task A_seek_beyond_the_end_or_in_no_partition_is_refused()
    {
        var engine = await StartWithTopicAsync();
        _ = await ReadAsync(engine, Ann);
        var wrong = await engine.Topics.Groups.SeekAsync(
            Events,
            Workers,
            new SubscriptionStart.Offsets(new Dictionary<int, long> { [0] = 1, [1] = 0 }),
            Cancellation
        );
        wrong.Failure.ShouldBeOfType<Failure.Invalid>().Faults.Select(f => f.Field).ShouldBe(["to.offsets.0", "to.offsets.1"]);
    }

    [Fact]
    public async Task Lag_is_told_in_records_and_in_time()
    {
        var engine = await StartWithTopicAsync(Partitions(2));
        await PublishToAsync(engine, 0, "a", "b");
        var read = await ReadAsync(engine, Earliest(Ann) with { MaxRecords = 1 });
        (await CommitAsync(engine, read)).ShouldAllBe(s => s == TokenStatus.Ok);
        Time.Advance(TimeSpan.FromSeconds(7));
        await PublishToAsync(engine, 1, "c");
        var group = await GroupAsync(engine);
        (group.Lag, group.LagTime).ShouldBe((2, TimeSpan.FromSeconds(7)));
        group.Partitions.Select(p => (p.Committed, p.NextOffset, p.Lag, p.Member)).ShouldBe([(1, 2, 1, Ann), (0, 1, 1, Ann)]);
        group.Members.ShouldHaveSingleItem().Partitions.ShouldBe([0, 1]);
        await ReadOnAsync(engine, Ann, await ReadAsync(engine, Ann));
        (await GroupAsync(engine)).ShouldSatisfyAllConditions(g => g.Lag.ShouldBe(0), g => g.LagTime.ShouldBe(TimeSpan.Zero));
    }

    [Fact]
    public async Task Lag_is_told_likewise_where_bodies_lie_in_blobs_and_none_is_read_for_it()
    {
        var engine = await StartWithTopicAsync();
        for (var i = 0; i < 3; i++)
        {
            await PublishAsync(engine, new PublishRequest { Body = MessageBody.FromBytes(new byte[100_000 + i]) });
            Time.Advance(TimeSpan.FromSeconds(10));
        }

        var read = await ReadAsync(engine, Earliest(Ann) with { MaxRecords = 1 });
        read.Records.ShouldHaveSingleItem().ShouldSatisfyAllConditions(r => r.Body.ShouldBeNull(), r => r.BodyLength.ShouldBe(100_000));
        (await GroupAsync(engine)).ShouldSatisfyAllConditions(g => g.Lag.ShouldBe(3), g => g.LagTime.ShouldBe(TimeSpan.FromSeconds(30)));
        (await CommitAsync(engine, read)).ShouldBe([TokenStatus.Ok]);
        var fresh = Start();
        (await GroupAsync(fresh)).ShouldSatisfyAllConditions(g => g.Lag.ShouldBe(2), g => g.LagTime.ShouldBe(TimeSpan.FromSeconds(20)));
        fresh.Requests.CountOf(r => r.IsBlob).ShouldBe(0);
    }

    [Fact]
    public async Task A_group_that_is_deleted_begins_anew_and_its_tokens_are_void()
    {
        var (engine, other) = (await StartWithTopicAsync(), Start());
        await PublishToAsync(engine, 0, "a");
        var read = await ReadAsync(engine, Ann);
        (await CommitAsync(engine, read)).ShouldBe([TokenStatus.Ok]);
        (await other.Topics.Groups.DeleteAsync(Events, Workers, Cancellation)).Value.ShouldBeTrue();
        (await engine.Topics.Groups.DeleteAsync(Events, Workers, Cancellation)).Value.ShouldBeFalse();
        (await engine.Topics.Groups.GetAsync(Events, Workers, Cancellation)).Failure.ShouldBeOfType<Failure.GroupNotFound>();
        (
            await engine.Topics.Groups.CommitAsync(Events, Workers, TokensOf(read), Cancellation)
        ).Failure.ShouldBeOfType<Failure.GroupNotFound>();
        TextsOf(await ReadAsync(engine, Earliest(Bob))).ShouldBe(["a"]);
        (await CommitAsync(other, read)).ShouldBe([TokenStatus.Fenced]);
        (await engine.Topics.Groups.GetAsync(Events, null, Cancellation)).Value.ShouldHaveSingleItem().Name.ShouldBe(Workers);
    }

    [Fact]
    public async Task An_offset_is_there_after_a_week_in_which_nobody_read()
    {
        var engine = await StartWithTopicAsync(OnePartition with { Retention = null });
        await PublishToAsync(engine, 0, "a", "b");
        (await CommitAsync(engine, await ReadAsync(engine, Earliest(Ann) with { MaxRecords = 1 }))).ShouldBe([TokenStatus.Ok]);
        Time.Advance(TimeSpan.FromDays(7));
        _ = (await engine.Topics.SweepAsync(true, Cancellation)).Value;
        TextsOf(await ReadAsync(engine, Bob)).ShouldBe(["b"]);
    }
}
