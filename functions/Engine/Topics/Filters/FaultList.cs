namespace FuncQueue.Engine.Topics.Filters;

/// <summary>Gathers faults, up to a number that an answer can carry.</summary>
internal sealed class FaultList
{
    private readonly List<Fault> faults = [];

    public IReadOnlyList<Fault> Faults => faults;

    /// <summary>Conditions with a wildcard that were read so far.</summary>
    public int Wildcards { get; set; }

    public void Add(string at, string detail)
    {
        if (faults.Count < SubscriptionFilters.MaxFaults)
            faults.Add(new Fault(at, detail));
        else if (faults.Count == SubscriptionFilters.MaxFaults)
            faults.Add(new Fault(at, "This and all further faults are not told."));
    }
}
