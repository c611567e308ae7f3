using FuncQueue.Engine.Decisions;
using FuncQueue.Engine.Shards;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Tests.Pure;

/// <summary>What a process makes of conflicts with others.</summary>
public sealed class RivalTests
{
    private static readonly WriterId Own = new(1);
    private static readonly WriterId Other = new(2);
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Without_a_conflict_nothing_is_anybodys()
    {
        var rivals = NewRivals();
        rivals.AreAbout(Now).ShouldBeFalse();
        rivals.IsTheirs(Row(Other, Now), Now).ShouldBeFalse();
        rivals.TakeMove().ShouldBeFalse();
    }

    [Fact]
    public void After_a_conflict_others_are_about_for_a_while_and_the_next_look_begins_elsewhere_once()
    {
        var rivals = NewRivals();
        rivals.Met(Row(Other, Now), claimed: true, Now);
        rivals.AreAbout(Now.AddSeconds(9)).ShouldBeTrue();
        rivals.AreAbout(Now.AddSeconds(11)).ShouldBeFalse();
        rivals.TakeMove().ShouldBeTrue();
        rivals.TakeMove().ShouldBeFalse();
    }

    [Fact]
    public void Messages_of_others_are_left_to_them_the_longer_the_more_often_they_got_them_first()
    {
        var rivals = NewRivals();
        var grace = new List<TimeSpan>();
        for (var i = 0; i < 10; i++)
        {
            rivals.Met(Row(Other, Now), claimed: true, Now);
            grace.Add(rivals.Grace);
        }

        grace.ShouldBeInOrder(SortDirection.Ascending);
        grace[^1].ShouldBe(TimeSpan.FromMilliseconds(500));
        rivals.IsTheirs(Row(Other, Now.AddMilliseconds(-499)), Now).ShouldBeTrue();
        rivals.IsTheirs(Row(Other, Now.AddMilliseconds(-501)), Now).ShouldBeFalse();
        rivals.IsTheirs(Row(Own, Now), Now).ShouldBeFalse();
    }

    [Fact]
    public void What_is_left_to_others_is_so_until_their_time_is_over()
    {
        var rivals = NewRivals();
        rivals.LeftUntil(Row(Other, Now), Now).ShouldBeNull();
        rivals.Met(Row(Other, Now), claimed: true, Now);
        rivals.LeftUntil(Row(Other, Now), Now).ShouldBe(Now + rivals.Grace);
        rivals.LeftUntil(Row(Other, Now), Now + rivals.Grace).ShouldBeNull();
        rivals.LeftUntil(Row(Own, Now), Now).ShouldBeNull();
    }

    [Fact]
    public void A_clock_that_is_ahead_keeps_no_messages_back()
    {
        var rivals = NewRivals();
        rivals.Met(Row(Other, Now), claimed: true, Now);
        rivals.IsTheirs(Row(Other, Now.AddSeconds(1)), Now).ShouldBeFalse();
    }

    [Fact]
    public void Leases_of_others_messages_that_succeed_make_it_short_again()
    {
        var rivals = NewRivals();
        rivals.Met(Row(Other, Now), claimed: true, Now);
        for (var i = 0; i < 50; i++)
            rivals.Leased(Row(Other, Now));
        rivals.Grace.ShouldBe(TimeSpan.Zero);
    }

    [Fact]
    public void An_own_message_that_somebody_took_does_not_make_others_wait()
    {
        var rivals = NewRivals();
        rivals.Met(Row(Own, Now), claimed: true, Now);
        rivals.Grace.ShouldBe(TimeSpan.Zero);
        rivals.AreAbout(Now).ShouldBeTrue();
    }

    // The process has another number than the rows it writes: what they share is who knows them.
    private static Rivals NewRivals() => new(new ProcessId(3), birth => birth.Writer == Own);

    private static BatchRow Row(WriterId writer, DateTimeOffset written)
    {
        var birth = new BirthRow(
            RowKind.Immediate,
            9,
            (written - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond,
            writer,
            0
        );
        return new BatchRow
        {
            Shard = 0,
            Key = birth.Key,
            Birth = birth,
            FirstIndex = 0,
            ETag = default,
            State = [MessageState.ReadyAt(written)],
            Index = new RowIndex(written, [new MessageIndex(0, null, 1, 1, null)]),
            Data = null,
        };
    }
}
