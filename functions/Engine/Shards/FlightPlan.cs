using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Shards;

/// <summary>
/// Plans flights: settlements that wait, then upkeep that is due, then leases for the receivers that wait. Used by one loop at a time.
/// </summary>
internal sealed class FlightPlan(
    EngineContext context,
    ShardTable table,
    IShardHost host,
    KnownShard shard,
    SettlePlan settlements,
    UpkeepPlan upkeep,
    ILeasePlan leases
)
{
    /// <summary>Most messages leased in one flight.</summary>
    private const int MaxClaim = 1000;

    /// <summary>The flight that is being planned or written.</summary>
    public Flight? Current { get; private set; }

    /// <summary>Whether no message is known that could be handed out.</summary>
    public bool KnowsOfNone => !shard.Rows.Actionable(context.Now).Any();

    /// <summary>
    /// Plans a flight. <c>Leases</c>: whether there may be more to lease after it; <c>More</c>: whether there may be anything more to do.
    /// </summary>
    public async Task<(Flight Flight, bool Leases, bool More)> PlanAsync(Round round, ShardInbox inbox)
    {
        // Under throttling what comes in meanwhile shares the next flight, whose leases begin when it does.
        await round.DuringAsync(table.WhenReadyAsync());
        shard.Rows.FollowSettings();
        inbox.TakeIn();
        await round.DuringAsync(shard.ReadDistrustedAsync());
        var flight = Current = new Flight(host.Policy, context.Now, context.NextLease(), shard.Locks);
        await round.DuringAsync(settlements.PlanAsync(flight));
        var tended = await round.DuringAsync(upkeep.PlanAsync(flight));
        var leased = await round.DuringAsync(PlanLeasesAsync(flight));
        return (flight, leased, leased || tended || !settlements.IsEmpty);
    }

    /// <summary>The flight has ended. True when what it leaves is to be planned anew.</summary>
    public bool Finish()
    {
        Current = null;
        upkeep.Finish();
        return !settlements.IsEmpty;
    }

    /// <summary>Tells all that waits that nobody foresaw this, and forgets what is known.</summary>
    public void Fail(Exception exception, Failure failure)
    {
        Current = null;
        settlements.FailAll(failure);
        upkeep.FailAll(exception);
        shard.Forget();
    }

    private async Task<bool> PlanLeasesAsync(Flight flight)
    {
        var demand = host.Receivers.Demand(MaxClaim);
        return demand > 0 && host.ClockIsCertain && await leases.PlanAsync(flight, demand);
    }
}
