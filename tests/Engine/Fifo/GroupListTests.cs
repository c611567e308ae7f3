using FuncQueue.Engine.Tests.Support;

namespace FuncQueue.Engine.Tests.Fifo;

/// <summary>The groups of a queue, as a look at its rows tells.</summary>
public sealed class GroupListTests(AzuriteFixture azurite) : FifoTest(azurite)
{
    [Fact]
    public async Task Groups_are_listed_with_their_backlog_and_whether_they_are_out()
    {
        var engine = await StartFifoAsync(Fifo with { Shards = 3 });
        await EnqueueEachAsync(engine, "a", 3);
        Time.Advance(TimeSpan.FromSeconds(5));
        await EnqueueEachAsync(engine, "b", 1);
        Time.Advance(TimeSpan.FromSeconds(5));
        await EnqueueEachAsync(engine, "c", 2);
        var a = (await engine.DequeueEverythingAsync()).Where(m => m.Message.GroupId == "a").ToList();
        await engine.AckAsync(a[0]);
        foreach (var message in a.Skip(1))
            await engine.NackAsync(message, TimeSpan.Zero);
        (await ListAsync(Start(), 10)).Groups.ShouldBe([
            new GroupStatus
            {
                GroupId = "a",
                Messages = 2,
                IsLeased = false,
                OldestMessageAge = TimeSpan.FromSeconds(10),
            },
            new GroupStatus
            {
                GroupId = "b",
                Messages = 1,
                IsLeased = true,
                OldestMessageAge = TimeSpan.FromSeconds(5),
            },
            new GroupStatus
            {
                GroupId = "c",
                Messages = 2,
                IsLeased = true,
                OldestMessageAge = TimeSpan.Zero,
            },
        ]);
    }

    [Fact]
    public async Task Groups_are_listed_page_by_page_those_with_the_oldest_messages_first()
    {
        var engine = await StartFifoAsync();
        for (var g = 0; g < 25; g++)
            await engine.EnqueueAsync(Message($"g{g:d2}", "x"));
        var (seen, continuation) = (new List<string>(), (string?)null);
        do
        {
            var page = await ListAsync(engine, 10, continuation);
            page.Groups.Count.ShouldBeLessThanOrEqualTo(10);
            seen.AddRange(page.Groups.Select(g => g.GroupId));
            continuation = page.Continuation;
        } while (continuation is not null);
        seen.ShouldBe(Enumerable.Range(0, 25).Select(g => $"g{g:d2}"));
        (await engine.Engine.ListGroupsAsync(engine.Queue, 10, "nonsense", Cancellation)).Failure.ShouldBeOfType<Failure.Invalid>();
    }

    private static async Task<GroupPage> ListAsync(TestEngine engine, int most, string? continuation = null) =>
        (await engine.Engine.ListGroupsAsync(engine.Queue, most, continuation, Cancellation).WithinPatienceAsync()).Value;
}
