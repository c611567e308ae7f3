namespace FuncQueue.Engine.Topics.Filters;

/// <summary>What a dry run tells of one subscription.</summary>
/// <param name="Subscription">Its number.</param>
/// <param name="Failed">
/// The first condition of its first filter that failed: the path in <c>filters</c>, and a sentence that names what the message has.
/// Null where it takes the message.
/// </param>
public sealed record FilterVerdict(int Subscription, Fault? Failed)
{
    public bool Matched => Failed is null;
}
