using FuncQueue.Engine.Decisions;

namespace FuncQueue.Engine.Shards;

/// <summary>
/// How many messages a new row may have. As many as fit, unless many are settled in another process than leased them, as behind a load
/// balancer: a settlement writes the state of its whole row, so those of one row would get in each other's way. Then a row has no more
/// than are settled together.
/// </summary>
/// <remarks><see cref="Settled"/> is for one loop at a time; <see cref="Most"/> may be asked meanwhile.</remarks>
internal sealed class RowSize
{
    /// <summary>The share of leases given elsewhere from which on settlements are in each other's way.</summary>
    private const double Scattered = 0.25;

    /// <summary>About how many of the last calls count.</summary>
    private const double Memory = 8;

    private readonly ProcessId process;
    private readonly int limit;
    private double elsewhere;
    private double together = 1;
    private volatile int most;

    public RowSize(ProcessId process, int limit)
    {
        this.process = process;
        this.limit = most = limit;
    }

    /// <summary>Most messages of a new row.</summary>
    public int Most => most;

    /// <summary>These are to be settled by one call.</summary>
    public void Settled(ReadOnlySpan<SettleRequest> requests)
    {
        int wishes = 0,
            others = 0;
        foreach (var request in requests)
        {
            wishes += request.Kind == SettleKind.Settlement ? 1 : 0;
            others += request.Kind == SettleKind.Settlement && request.Lease.Process != process ? 1 : 0;
        }

        if (wishes == 0)
            return;
        elsewhere += (((double)others / wishes) - elsewhere) / Memory;
        together += (wishes - together) / Memory;
        most = elsewhere < Scattered ? limit : Math.Min(limit, (int)Math.Round(together));
    }
}
