using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Shards;

/// <summary>Plans which messages a flight leases to the receivers that wait.</summary>
internal interface ILeasePlan
{
    /// <summary>Puts leases into the flight; true when it put any there, or read what may be leased next.</summary>
    /// <param name="demand">Messages that the receivers would take.</param>
    Task<bool> PlanAsync(Flight flight, int demand);

    /// <summary>
    /// Another process wrote first what this flight was to write. Returns rows that go no further with the flight for that.
    /// </summary>
    IReadOnlyList<RowEdit> Contended(Flight flight, WriteOwner contended);

    /// <summary>The leases of a claim are written.</summary>
    void Written(Claim claim);
}
