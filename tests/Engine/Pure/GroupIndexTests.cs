using FuncQueue.Engine.Decisions;
using FuncQueue.Engine.Groups;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Tests.Pure;

/// <summary>What a process knows of the groups of a FIFO shard has no gaps and an end.</summary>
public sealed class GroupIndexTests
{
    private const int Limit = 100_000;
    private const ulong Noisy = 1;
    private const ulong Quiet = 2;

    private static readonly DeliveryPolicy Policy = DeliveryPolicy.For(
        new QueueSettings(),
        MessageSource.Live,
        TimeSpan.Zero,
        Any.ThisProcess
    );

    private readonly GroupIndex index = new();

    [Fact]
    public void It_looks_past_a_hundred_thousand_rows_and_what_lies_behind_waits_until_one_of_them_is_done()
    {
        for (var first = 0; first < Limit; first += 1000)
            Walk([.. Enumerable.Range(first, 1000).Select(i => Row(i, i == Limit - 1 ? Quiet : Noisy))]);
        index.IsFull.ShouldBeTrue();
        index.Find(Quiet)!.First.Key.ShouldBe(Row(Limit - 1, Quiet).Key);

        var behind = Row(Limit, 3);
        Walk([behind]);
        index.CompleteUpTo(Limit + 5);
        index.TryAppend(behind, Limit, 3, Policy).ShouldBeFalse();
        index.Find(3).ShouldBeNull();
        index.CompleteTo.ShouldBe(Limit);

        index.Gone(Row(0, Noisy).Key, 4);
        Walk([behind]);
        index.Find(3)!.First.Key.ShouldBe(behind.Key);
        index.CompleteTo.ShouldBe(Limit + 1);
    }

    [Fact]
    public void What_it_knows_is_brought_up_to_date_also_when_it_can_take_in_no_more()
    {
        for (var first = 0; first < Limit; first += 1000)
            Walk([.. Enumerable.Range(first, 1000).Select(i => Row(i, Noisy, Any.Epoch.AddHours(1)))]);
        index.IsFull.ShouldBeTrue();
        index.Find(Noisy)!.ActionableAt.ShouldBe(Any.Epoch.AddHours(1));
        Walk([Row(0, Noisy), Row(1, Noisy)]);
        index.Find(Noisy)!.ActionableAt.ShouldBe(Any.Epoch);
    }

    [Fact]
    public void A_new_row_is_taken_in_only_where_nothing_before_it_is_unknown()
    {
        index.TryAppend(Row(5, Noisy), behind: 5, seen: 1, Policy).ShouldBeFalse();
        index.Find(Noisy).ShouldBeNull();
        Walk([Row(3, Noisy)]);
        index.TryAppend(Row(6, Noisy), behind: 5, seen: 1, Policy).ShouldBeFalse();
        index.CompleteUpTo(6);
        index.TryAppend(Row(6, Noisy), behind: 6, seen: 1, Policy).ShouldBeTrue();
        index.Find(Noisy)!.Rows.Select(r => r.Key).ShouldBe([Row(3, Noisy).Key, Row(6, Noisy).Key]);
        index.CompleteTo.ShouldBe(7);
    }

    [Fact]
    public void What_was_seen_before_a_row_went_does_not_bring_it_back()
    {
        Walk([Row(1, Noisy), Row(2, Quiet)]);
        index.Gone(Row(1, Noisy).Key, seen: 10);
        index.Learn(Row(1, Noisy), seen: 9, Policy);
        index.Find(Noisy).ShouldBeNull();
        index.Find(Quiet).ShouldNotBeNull();
    }

    private void Walk(IReadOnlyList<BatchRow> rows) =>
        index.Learn(new GroupedPage(null, [], rows, null), new KeyRange(rows[0].Key, rows[^1].Key + "!"), 2, Policy);

    /// <summary>A row of one message, with this sequence number.</summary>
    private static BatchRow Row(long number, ulong group, DateTimeOffset? readyAt = null)
    {
        var birth = new BirthRow(RowKind.Immediate, 9, number, new WriterId(7), 0);
        return new BatchRow
        {
            Shard = 0,
            Key = birth.Key,
            Birth = birth,
            FirstIndex = 0,
            ETag = default,
            State = [MessageState.ReadyAt(readyAt ?? Any.Epoch)],
            Index = new RowIndex(Any.Epoch, [new MessageIndex(group, null, 1, 1, null)]),
            Data = null,
        };
    }
}
