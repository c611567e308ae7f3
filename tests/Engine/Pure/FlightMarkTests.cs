using Azure.Data.Tables;
using FuncQueue.Engine.Decisions;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Tests.Pure;

/// <summary>What the row with a process's last mark says of a transaction whose answer was lost.</summary>
public sealed class FlightMarkTests
{
    private static readonly LeaseId Before = LeaseId.Create(70, 1);
    private static readonly LeaseId Adrift = LeaseId.Create(70, 2);
    private static readonly LeaseId Mark = LeaseId.Create(70, 3);
    private static readonly LeaseId Others = LeaseId.Create(70 + 64, 3);

    [Fact]
    public void The_mark_itself_says_that_it_was_carried_out() =>
        FlightMark.WasCarriedOut(Mark, Before, Row(Mark)).ShouldBe(true);

    [Fact]
    public void What_was_there_before_says_that_it_was_not()
    {
        FlightMark.WasCarriedOut(Mark, Before, Row(Before)).ShouldBe(false);
        FlightMark.WasCarriedOut(Mark, null, null).ShouldBe(false);
    }

    [Fact]
    public void A_mark_written_over_it_says_nothing()
    {
        FlightMark.WasCarriedOut(Mark, Before, Row(Adrift)).ShouldBeNull("an earlier transaction of this process arrived late");
        FlightMark.WasCarriedOut(Mark, Before, Row(Others)).ShouldBeNull("another process shares the place");
        FlightMark.WasCarriedOut(Mark, null, Row(Others)).ShouldBeNull();
        FlightMark.WasCarriedOut(Mark, Before, null).ShouldBeNull();
        FlightMark.WasCarriedOut(Mark, Before, new TableEntity("00", "w06m")).ShouldBeNull();
        FlightMark.WasCarriedOut(Mark, Before, new TableEntity("00", "w06m") { ["Mark"] = "3" }).ShouldBeNull();
    }

    [Fact]
    public void Places_are_shared_by_64_processes_but_not_by_live_messages_and_dead_letters()
    {
        FlightMark.RowKey(70, MessageSource.Live).ShouldBe("w06m");
        FlightMark.RowKey(70 + 64, MessageSource.Live).ShouldBe("w06m");
        FlightMark.RowKey(70, MessageSource.DeadLetters).ShouldBe("w06d");
        FlightMark.RowKey(71, MessageSource.Live).ShouldBe("w07m");
    }

    private static TableEntity Row(LeaseId mark) => (TableEntity)FlightMark.Write(0, MessageSource.Live, mark).Entity;
}
