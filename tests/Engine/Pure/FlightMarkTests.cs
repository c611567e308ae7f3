using Azure.Data.Tables;
using FuncQueue.Engine.Decisions;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Tests.Pure;

/// <summary>What the row with a process's last mark says of a transaction whose answer was lost.</summary>
public sealed class FlightMarkTests
{
    private static readonly LeaseId Before = LeaseId.Create(new ProcessId(70), 1);
    private static readonly LeaseId Adrift = LeaseId.Create(new ProcessId(70), 2);
    private static readonly LeaseId Mark = LeaseId.Create(new ProcessId(70), 3);
    private static readonly LeaseId Others = LeaseId.Create(new ProcessId(70 + 64), 3);

    [Fact]
    public void The_mark_itself_says_that_it_was_carried_out() => FlightMark.See(Mark, Before, Row(Mark)).ShouldBe(Sight.Ours);

    [Fact]
    public void What_was_there_before_says_that_it_was_not()
    {
        FlightMark.See(Mark, Before, Row(Before)).ShouldBe(Sight.Untouched);
        FlightMark.See(Mark, null, null).ShouldBe(Sight.Untouched);
    }

    [Fact]
    public void A_mark_written_over_it_says_nothing()
    {
        FlightMark.See(Mark, Before, Row(Adrift)).ShouldBe(Sight.Unread, "an earlier transaction of this process arrived late");
        FlightMark.See(Mark, Before, Row(Others)).ShouldBe(Sight.Unread, "another process shares the place");
        FlightMark.See(Mark, null, Row(Others)).ShouldBe(Sight.Unread);
        FlightMark.See(Mark, Before, null).ShouldBe(Sight.Unread);
        FlightMark.See(Mark, Before, new TableEntity("00", "w06m")).ShouldBe(Sight.Unread);
        FlightMark.See(Mark, Before, new TableEntity("00", "w06m") { ["Mark"] = "3" }).ShouldBe(Sight.Unread);
    }

    [Fact]
    public void Places_are_shared_by_64_processes_but_not_by_live_messages_and_dead_letters()
    {
        FlightMark.RowKey(new ProcessId(70), MessageSource.Live).ShouldBe("w06m");
        FlightMark.RowKey(new ProcessId(70 + 64), MessageSource.Live).ShouldBe("w06m");
        FlightMark.RowKey(new ProcessId(70), MessageSource.DeadLetters).ShouldBe("w06d");
        FlightMark.RowKey(new ProcessId(71), MessageSource.Live).ShouldBe("w07m");
    }

    private static TableEntity Row(LeaseId mark) => (TableEntity)FlightMark.Write(0, MessageSource.Live, mark).Entity;
}
