using FuncQueue.Engine.Tests.Support;
using FuncQueue.Engine.Topics;
using FuncQueue.Engine.Topics.Groups;
using FuncQueue.Tests.Support;

namespace FuncQueue.Engine.Tests.Topics.Groups;

/// <summary>What groups cost in requests to storage, counted; and that what is told without a request is right.</summary>
public sealed class GroupCostTests(AzuriteFixture azurite) : GroupTest(azurite)
{
    [Fact]
    public async Task A_read_from_memory_costs_no_request_while_its_leases_are_young()
    {
        var engine = await StartWithTopicAsync();
        var read = await AloneAsync(engine);
        await PublishToAsync(engine, 0, Enumerable.Range(0, 90).Select(i => $"{i}"));
        engine.Requests.Clear();
        for (var i = 0; i < 9; i++)
        {
            read = await ReadAsync(engine, Earliest(Ann) with { MaxRecords = 10, After = TokensOf(read) });
            read.Records.Count.ShouldBe(10);
        }

        engine.Requests.Count.ShouldBe(0);
    }

    [Fact]
    public async Task A_commit_is_one_request_and_so_is_a_read_that_commits()
    {
        var engine = await StartWithTopicAsync(Partitions(4));
        await PublishToAsync(engine, 2, "a");
        var read = await ReadAsync(engine, Ann);
        engine.Requests.Clear();
        (await CommitAsync(engine, read)).ShouldAllBe(s => s == TokenStatus.Ok);
        engine.Requests.All.ShouldHaveSingleItem().IsTableWrite.ShouldBeTrue();
        await PublishToAsync(engine, 2, "b");
        read = await ReadAsync(engine, Ann);
        await PublishToAsync(engine, 2, "c");
        engine.Requests.Clear();
        TextsOf(await ReadOnAsync(engine, Ann, read)).ShouldBe(["c"]);
        engine.Requests.CountOf(IsAboutGroup).ShouldBe(1);
    }

    [Fact]
    public async Task Catching_up_reads_many_rows_a_request()
    {
        var engine = await StartWithTopicAsync();
        for (var i = 0; i < 96; i++)
            await PublishAsync(engine, $"{i}");
        var other = Start();
        await ReadAsync(other, Earliest(Ann) with { MaxRecords = 1 });
        other.Requests.Clear();
        (await ReadAsync(other, Earliest(Ann) with { MaxRecords = 1000 })).Records.Count.ShouldBe(96);
        other.Requests.CountOf(r => r.IsQuery && !IsAboutGroup(r)).ShouldBeLessThanOrEqualTo(3);
    }

    [Fact]
    public async Task Who_reads_page_by_page_finds_the_next_pages_fetched_along()
    {
        var engine = await StartWithTopicAsync();
        for (var i = 0; i < 40; i++)
            await PublishToAsync(engine, 0, Enumerable.Range(0, 10).Select(j => $"{i}-{j}"));
        var other = Start();
        var read = await ReadAsync(other, Earliest(Ann) with { MaxRecords = 1 });
        other.Requests.Clear();
        for (var page = 0; page < 3; page++)
        {
            read = await ReadAsync(other, Earliest(Ann) with { MaxRecords = 100, After = TokensOf(read) });
            read.Records.Count.ShouldBe(100);
        }

        read.Records[^1].Offset.ShouldBe(300);
        // 30 rows, of which each page has 10.
        other.Requests.CountOf(r => r.IsQuery && !IsAboutGroup(r)).ShouldBeLessThanOrEqualTo(2);
    }

    [Fact]
    public async Task Members_that_wait_share_the_looks_for_more_and_cost_nothing_when_they_are_gone()
    {
        var (engine, other) = (await StartWithTopicAsync(), Start());
        await PublishAsync(engine, "a");
        var waits = Enumerable
            .Range(0, 10)
            .Select(i => ReadAsync(other, From(Ann, new ReadFrom.Latest()) with { Wait = Limits.MaxWait }, TestEngine.Name($"g{i}")))
            .ToList();
        await Eventually.HoldsAsync("all wait", () => other.Topics.WaitingReaders == 10);
        other.Requests.Clear();
        await PublishAsync(engine, "b");
        await Eventually.HoldsAsync(
            "it was found",
            () =>
            {
                Time.Advance(TimeSpan.FromMilliseconds(25));
                return waits.TrueForAll(w => w.IsCompleted);
            }
        );
        foreach (var wait in waits)
            TextsOf(await wait).ShouldBe(["b"]);
        await Eventually.HoldsAsync(
            "nobody looks any more",
            () =>
            {
                other.Requests.Clear();
                Time.Advance(TimeSpan.FromSeconds(2));
                return other.Requests.Count == 0;
            }
        );
    }

    [Fact]
    public async Task Another_process_answers_only_when_the_one_that_tells_from_memory_has_ceased_to()
    {
        var (engine, other) = (await StartWithTopicAsync(), Start());
        var read = await AloneAsync(engine);
        await PublishToAsync(engine, 0, "x", "y");
        var first = await ReadAsync(engine, Earliest(Ann) with { MaxRecords = 1, After = TokensOf(read) });
        var commit = CommitAsync(other, first);
        // It is written; but the first process does not know.
        await Eventually.HoldsAsync("it is written", async () => (await GroupAsync(engine)).Partitions[0].Committed == 2);
        commit.IsCompleted.ShouldBeFalse();
        TextsOf(await ReadAsync(engine, Ann)).ShouldBe(["x", "y"]);
        await Eventually.HoldsAsync(
            "it is told",
            () =>
            {
                Time.Advance(TimeSpan.FromMilliseconds(100));
                return commit.IsCompleted;
            }
        );
        (await commit).ShouldBe([TokenStatus.Ok]);
        TextsOf(await ReadAsync(engine, Ann)).ShouldBe(["y"]);
    }

    [Fact]
    public async Task Where_calls_come_to_several_processes_in_turn_nobody_waits()
    {
        var (engine, other) = (await StartWithTopicAsync(), Start());
        await PublishAsync(engine, "0");
        var read = await ReadAsync(engine, Ann);
        for (var i = 1; i < 20; i++)
        {
            Time.Advance(TimeSpan.FromSeconds(3));
            await PublishAsync(engine, $"{i}");
            read = await ReadOnAsync(i % 2 == 0 ? engine : other, Ann, read);
            TextsOf(read).ShouldBe([$"{i}"]);
        }
    }

    private static bool IsAboutGroup(StorageRequest request) => request.Partition?.StartsWith('g') ?? false;

    /// <summary>A process that has been the only one for so long that it tells from memory.</summary>
    private async Task<GroupRecords> AloneAsync(TestEngine engine)
    {
        await PublishAsync(engine, "warm");
        await ReadAsync(engine, Ann);
        Time.Advance(GroupServing.AloneFor);
        var read = await ReadAsync(engine, Ann);
        return await ReadOnAsync(engine, Ann, read);
    }
}
