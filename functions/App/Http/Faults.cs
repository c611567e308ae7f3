using FuncQueue.Engine;

namespace FuncQueue.Functions.Http;

/// <summary>Gathers all that is wrong with a request, so that the caller hears of it at once.</summary>
internal sealed class Faults
{
    private readonly List<Fault> list = [];

    public bool Any => list.Count > 0;

    public void Add(string field, string detail) => list.Add(new Fault(field, detail));

    public void AddRange(IEnumerable<Fault> faults) => list.AddRange(faults);

    public void AddRange(Faults faults) => list.AddRange(faults.list);

    /// <summary>The answer to a request with faults.</summary>
    public IResult ToResult() => Problems.From(new Failure.Invalid(list));
}
