using FuncQueue.Engine.Tests.Support;

namespace FuncQueue.Engine.Tests.Leases;

/// <summary>A settlement is decided on the row as it is, whatever a process remembers or has forgotten.</summary>
public sealed class SettleUnderLoadTests(AzuriteFixture azurite) : EngineTest(azurite)
{
    [Fact]
    public async Task A_process_that_knows_as_many_rows_as_it_can_still_acks_a_message_of_another_row()
    {
        var (first, second) = (
            await StartWithQueueAsync(options: Options with { MaxMessagesPerRow = 1 }),
            Start(Options with { MaxMessagesPerRow = 1 })
        );
        await first.EnqueueAsync("leased");
        var message = await first.DequeueOneAsync(TimeSpan.FromHours(1));
        // These come first in the order of delivery, so that the leased one is the last of what the second process would keep.
        for (var i = 0; i < 11; i++)
            await second.EnqueueAllAsync(Enumerable.Range(0, 100).Select(n => TestEngine.Text($"{n}") with { Priority = 9 }));
        (await second.AckAsync(message)).ShouldBe(SettleStatus.Ok);
        (await first.CountsAsync()).ShouldBe(new MessageCounts(1100, 0, 0, 0));
    }

    [Fact]
    public async Task A_row_that_others_push_out_of_memory_while_they_are_read_for_the_same_call_is_settled()
    {
        var rowsOfOne = Options with { MaxMessagesPerRow = 1 };
        var (engine, other) = (await StartWithQueueAsync(options: rowsOfOne), Start(rowsOfOne));
        await other.EnqueueAllAsync(Enumerable.Range(0, 60).Select(n => $"theirs {n}"));
        var theirs = await other.DequeueEverythingAsync();
        await engine.EnqueueAsync("mine");
        var mine = await engine.DequeueOneAsync(TimeSpan.FromHours(1));
        // With theirs more than are kept in mind, and all to be had before the leased one.
        for (var i = 0; i < 10; i++)
            await engine.EnqueueAllAsync(Enumerable.Range(0, 100).Select(n => $"{i}.{n}"));
        var settled = await engine.TrySettleAsync(new Settlement.Ack(), [mine, .. theirs]);
        settled.Value.ShouldAllBe(s => s.Status == SettleStatus.Ok);
        (await engine.CountsAsync()).ShouldBe(new MessageCounts(1000, 0, 0, 0));
    }

    [Fact]
    public async Task Hundreds_of_settlements_at_once_are_all_carried_out()
    {
        var (first, second) = (await StartWithQueueAsync(), Start());
        for (var i = 0; i < 5; i++)
            await first.EnqueueAllAsync(Enumerable.Range(0, 100).Select(n => $"{i}.{n}"));
        var messages = await first.DequeueEverythingAsync();
        messages.Count.ShouldBe(500);
        var settled = await Task.WhenAll(
            messages.Select(
                (m, i) =>
                    (i % 2 == 0 ? first : second).SettleAsync(
                        (i % 5) switch
                        {
                            0 => new Settlement.Nack(TimeSpan.FromHours(1), null),
                            1 => new Settlement.Extend(TimeSpan.FromHours(1)),
                            2 => new Settlement.DeadLetter("enough"),
                            _ => new Settlement.Ack(),
                        },
                        m
                    )
            )
        );
        settled.ShouldAllBe(s => s.Status == SettleStatus.Ok);
        (await second.CountsAsync()).ShouldBe(new MessageCounts(0, 100, 100, 100));
    }
}
