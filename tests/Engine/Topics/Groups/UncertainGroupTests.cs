using FuncQueue.Engine.Tests.Support;
using FuncQueue.Engine.Topics;
using FuncQueue.Tests.Support;

namespace FuncQueue.Engine.Tests.Topics.Groups;

/// <summary>Changes of groups whose answers are lost: what is told is true.</summary>
[Trait("Guarantee", "5")]
public sealed class UncertainGroupTests(AzuriteFixture azurite) : GroupTest(azurite)
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_commit_whose_answer_was_lost_is_told_to_be_done_once_it_is(bool arrives)
    {
        var engine = await StartWithTopicAsync();
        await PublishToAsync(engine, 0, "a", "b");
        var read = await ReadAsync(engine, Earliest(Ann) with { MaxRecords = 1 });
        _ = arrives ? engine.Faults.LoseAnswer(Changes) : engine.Faults.LoseRequest(Changes);
        (await CommitAsync(engine, read)).ShouldBe([TokenStatus.Ok]);
        (await GroupAsync(engine)).Partitions[0].Committed.ShouldBe(1);
        TextsOf(await ReadAsync(Start(), Ann)).ShouldBe(["b"]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_read_whose_change_was_lost_hands_out_under_the_lease_that_there_is(bool arrives)
    {
        var engine = await StartWithTopicAsync(Partitions(2));
        await PublishToAsync(engine, 0, "a");
        _ = arrives ? engine.Faults.LoseAnswer(Changes) : engine.Faults.LoseRequest(Changes);
        var read = await ReadAsync(engine, Ann);
        TextsOf(read).ShouldBe(["a"]);
        (await ReadAsync(Start(), Bob)).Assigned.ShouldBeEmpty();
        (await CommitAsync(engine, read)).ShouldAllBe(s => s == TokenStatus.Ok);
    }

    [Fact]
    public async Task A_commit_that_was_carried_out_and_overwritten_meanwhile_is_told_to_be_unknown_or_done_and_never_fenced()
    {
        var (engine, other) = (await StartWithTopicAsync(), Start());
        await PublishToAsync(engine, 0, "a", "b");
        var read = await ReadAsync(engine, Earliest(Ann) with { MaxRecords = 1 });
        engine.Faults.LoseAnswer(Changes);
        // It must find out, and cannot yet.
        var looks = engine.Faults.Hold(r => r.IsQuery && IsOfGroup(r));
        var commit = engine.Topics.Groups.CommitAsync(Events, Workers, TokensOf(read), Cancellation);
        await looks.Reached;
        await LeaveAsync(other, Ann);
        (await ReadAsync(other, Bob)).Records.Select(TextOf).ShouldBe(["b"]);
        looks.Release();
        (await commit.WithinPatienceAsync()).Failure.ShouldBeOfType<Failure.OutcomeUnknown>();
    }

    [Fact]
    public async Task A_deletion_whose_answer_was_lost_takes_the_group_and_no_later_one()
    {
        var engine = await StartWithTopicAsync();
        await PublishAsync(engine, "a");
        await ReadAsync(engine, Ann);
        engine.Faults.LoseAnswer(Changes);
        (await engine.Topics.Groups.DeleteAsync(Events, Workers, Cancellation)).Value.ShouldBeTrue();
        (await engine.Topics.Groups.GetAsync(Events, null, Cancellation)).Value.ShouldBeEmpty();
    }

    [Fact]
    public async Task Where_storage_refuses_nothing_happens_and_it_is_told_so()
    {
        var engine = await StartWithTopicAsync();
        await PublishAsync(engine, "a");
        var read = await ReadAsync(engine, Ann);
        engine.Faults.Refuse(IsOfGroup, 10);
        (
            await engine.Topics.Groups.CommitAsync(Events, Workers, TokensOf(read), Cancellation)
        ).Failure.ShouldBeOfType<Failure.StorageUnavailable>();
        engine.Faults.Clear();
        (await GroupAsync(engine)).Partitions[0].Committed.ShouldBe(0);
        (await CommitAsync(engine, read)).ShouldBe([TokenStatus.Ok]);
    }

    [Fact]
    public async Task A_read_that_has_committed_says_so_though_nothing_can_be_fetched()
    {
        var engine = await StartWithTopicAsync();
        await PublishToAsync(engine, 0, "a");
        var read = await ReadAsync(engine, Ann);
        engine.Faults.Refuse(r => r.IsRead && !IsOfGroup(r), int.MaxValue);
        var next = await ReadOnAsync(engine, Ann, read);
        next.Committed.ShouldBe([TokenStatus.Ok]);
        next.Records.ShouldBeEmpty();
        engine.Faults.Clear();
        (await GroupAsync(engine)).Partitions[0].Committed.ShouldBe(1);
        await PublishToAsync(engine, 0, "b");
        TextsOf(await ReadAsync(engine, Earliest(Ann) with { After = TokensOf(next) })).ShouldBe(["b"]);
    }

    private static bool IsOfGroup(StorageRequest request) => request.Partition == "gworkers";

    private static bool Changes(StorageRequest request) => request.IsTableWrite && IsOfGroup(request);
}
