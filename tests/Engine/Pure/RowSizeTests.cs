using FuncQueue.Engine.Decisions;
using FuncQueue.Engine.Shards;

namespace FuncQueue.Engine.Tests.Pure;

/// <summary>How many messages a new row may have, by how messages are settled.</summary>
public sealed class RowSizeTests
{
    private const uint Own = 1;
    private const uint Other = 2;
    private const int Limit = 64;

    [Fact]
    public void As_many_as_fit_while_messages_are_settled_where_they_were_leased()
    {
        var size = new RowSize(new ProcessId(Own), Limit);
        size.Most.ShouldBe(Limit);
        Settle(size, 100, calls: Own);
        size.Most.ShouldBe(Limit);
    }

    [Fact]
    public void One_stray_ack_changes_nothing()
    {
        var size = new RowSize(new ProcessId(Own), Limit);
        Settle(size, 100, calls: Own);
        Settle(size, 1, calls: Other);
        size.Most.ShouldBe(Limit);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(100)]
    public void As_many_as_are_settled_together_once_others_leases_are_settled_here(int together)
    {
        var size = new RowSize(new ProcessId(Own), Limit);
        Settle(size, 100, [.. Enumerable.Repeat(Other, together)]);
        size.Most.ShouldBe(Math.Min(together, Limit));
    }

    [Fact]
    public void As_many_as_fit_again_when_that_is_over()
    {
        var size = new RowSize(new ProcessId(Own), Limit);
        Settle(size, 100, calls: Other);
        size.Most.ShouldBe(1);
        Settle(size, 100, calls: Own);
        size.Most.ShouldBe(Limit);
    }

    [Fact]
    public void What_no_holder_of_a_lease_asked_for_does_not_count()
    {
        var size = new RowSize(new ProcessId(Own), Limit);
        for (var i = 0; i < 100; i++)
            size.Settled([new SettleRequest("row", 0, default, new Settlement.Ack(), SettleKind.Cancel)]);
        size.Most.ShouldBe(Limit);
    }

    private static void Settle(RowSize size, int times, params uint[] calls)
    {
        for (var i = 0; i < times; i++)
            size.Settled([
                .. calls.Select(process => new SettleRequest("row", 0, LeaseId.Create(new ProcessId(process), 1), new Settlement.Ack())),
            ]);
    }
}
