using Azure.Data.Tables;
using FuncQueue.Engine.Tests.Support;

namespace FuncQueue.Engine.Tests.UncertainWrites;

/// <summary>
/// Guarantees 2 and 5 together: a receipt that was settled through another process is not good a second time, even when the process that
/// gave the lease believes it to hold and storage does not say what became of its write.
/// </summary>
[Trait("Guarantee", "2")]
public sealed class StaleSettleTests(AzuriteFixture azurite) : EngineTest(azurite)
{
    /// <summary>
    /// How the lease ended, what is asked of it again, of how many messages of the row, and whether the refusal or the request was lost.
    /// </summary>
    public static TheoryData<string, string, int, bool> EveryRepetition
    {
        get
        {
            var data = new TheoryData<string, string, int, bool>();
            foreach (var first in new[] { "ack", "nack", "dead-letter" })
            {
                foreach (var second in new[] { "ack", "nack", "release", "extend", "dead-letter" })
                {
                    foreach (var messages in new[] { 1, 2 })
                    {
                        data.Add(first, second, messages, false);
                        data.Add(first, second, messages, true);
                    }
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(EveryRepetition))]
    public async Task A_lease_that_ended_elsewhere_is_never_settled_again(string first, string second, int messages, bool requestLost)
    {
        var (leasing, other) = (await StartWithQueueAsync(), Start());
        await leasing.EnqueueAllAsync(Enumerable.Range(0, messages).Select(i => $"message {i}"));
        var message = await leasing.DequeueOneAsync(TimeSpan.FromMinutes(5));
        (await other.SettleAsync(Settlements.Of(first), message)).Status.ShouldBe(SettleStatus.Ok);
        var lost = requestLost ? leasing.Faults.LoseRequest(r => r.ChangesMessages) : leasing.Faults.LoseAnswer(r => r.ChangesMessages);
        var outcome = await leasing.TrySettleAsync(Settlements.Of(second), [message]);
        if (second != "dead-letter")
            lost.Count.ShouldBe(1, "the leasing process took the lease to hold; a dead letter's row is read first");
        if (second is "ack" || outcome.Failure is null)
            outcome.Value.ShouldHaveSingleItem().Status.ShouldBe(SettleStatus.LeaseLost);
        else
            outcome.Failure.ShouldBeOfType<Failure.OutcomeUnknown>("a message given back may have been leased and ended since");
        var counts = await other.CountsAsync();
        (counts.Ready, counts.Scheduled, counts.Leased, counts.DeadLettered).ShouldBe(
            (messages - 1, first == "nack" ? 1 : 0, 0, first == "dead-letter" ? 1 : 0)
        );
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Of_the_receipts_of_a_lost_write_those_still_good_are_acked_and_the_others_are_not(bool requestLost)
    {
        var (leasing, other) = (await StartWithQueueAsync(), Start());
        for (var i = 0; i < 4; i++)
            await leasing.EnqueueAsync($"{i}");
        var messages = await leasing.DequeueAsync(4, TimeSpan.FromMinutes(5));
        (await other.AckAsync(messages[0])).ShouldBe(SettleStatus.Ok);
        (await other.AckAsync(messages[2])).ShouldBe(SettleStatus.Ok);
        var lost = requestLost ? leasing.Faults.LoseRequest(r => r.ChangesMessages) : leasing.Faults.LoseAnswer(r => r.ChangesMessages);
        var outcome = await leasing.TrySettleAsync(new Settlement.Ack(), messages);
        lost.Count.ShouldBe(1);
        outcome.Value.Select(s => s.Status).ShouldBe([SettleStatus.LeaseLost, SettleStatus.Ok, SettleStatus.LeaseLost, SettleStatus.Ok]);
        (await other.CountsAsync()).ShouldBe(default);
    }

    [Fact]
    public async Task An_ack_that_arrives_late_while_its_rows_are_looked_at_is_not_taken_for_refused()
    {
        var (leasing, other) = (await StartWithQueueAsync(), Start());
        await leasing.EnqueueAsync("a");
        await leasing.EnqueueAsync("b");
        var messages = await leasing.DequeueAsync(2, TimeSpan.FromMinutes(5));
        var late = leasing.Faults.Delay(r => r.ChangesMessages);
        // Looks whether the rows are untouched, then what became of them: the first rows are still there, the last are gone.
        var reads = 0;
        var second = leasing.Faults.Hold(r => r.ReadsMessageRow && Interlocked.Increment(ref reads) == 4);
        leasing.Faults.LoseRequest(r => r.ChangesMessages, 2);
        var answer = leasing.TrySettleAsync(new Settlement.Ack(), messages);
        await second.Reached;
        await late.ArriveAsync();
        second.Release();
        (await answer).Value.ShouldAllBe(s => s.Status == SettleStatus.Ok);
        (await other.CountsAsync()).ShouldBe(default);
    }

    [Fact]
    public async Task Acks_are_unknown_when_another_process_has_written_its_mark_over_theirs()
    {
        var (engine, other) = (await StartWithQueueAsync(), Start());
        await engine.EnqueueAsync("a");
        var message = await engine.DequeueOneAsync(TimeSpan.FromMinutes(5));
        engine.Faults.LoseAnswer(r => r.ChangesMessages);
        var look = engine.Faults.Hold(r => r.IsRowRead && r.Uri.OriginalString.Contains("RowKey='w", StringComparison.Ordinal));
        var answer = engine.TrySettleAsync(new Settlement.Ack(), [message]);
        await look.Reached;
        var table = new TableClient(Azurite.ConnectionString, engine.Requests.All.First(r => r.InsertsMessages).Table);
        var marks = await table
            .QueryAsync<TableEntity>(row => row.RowKey.CompareTo("w") >= 0, cancellationToken: Cancellation)
            .ToListAsync(Cancellation);
        var mark = marks.ShouldHaveSingleItem();
        mark["Mark"] = (long)mark["Mark"] + (64L << 32);
        await table.UpdateEntityAsync(mark, mark.ETag, cancellationToken: Cancellation);
        look.Release();
        (await answer).Failure.ShouldBeOfType<Failure.OutcomeUnknown>();
        (await other.CountsAsync()).ShouldBe(default);
    }

    [Fact]
    public async Task A_process_leaves_one_mark_however_many_messages_it_ends()
    {
        var engine = await StartWithQueueAsync();
        for (var i = 0; i < 5; i++)
        {
            await engine.EnqueueAsync($"{i}");
            (await engine.AckAsync(await engine.DequeueOneAsync())).ShouldBe(SettleStatus.Ok);
        }

        var table = new TableClient(Azurite.ConnectionString, engine.Requests.All.First(r => r.InsertsMessages).Table);
        (await table.QueryAsync<TableEntity>(cancellationToken: Cancellation).CountAsync(Cancellation)).ShouldBe(1);
    }
}
