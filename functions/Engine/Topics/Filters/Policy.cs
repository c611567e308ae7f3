namespace FuncQueue.Engine.Topics.Filters;

/// <summary>
/// Conditions on the properties of one object, as given: all members must hold, or, of a filter's attributes with <c>"match":"any"</c>,
/// one.
/// </summary>
internal sealed class Policy(PolicyMember[] members, bool any)
{
    public ReadOnlySpan<PolicyMember> Members => members;

    public bool Any => any;
}

internal abstract record PolicyMember
{
    private PolicyMember() { }

    /// <summary>Conditions on a property's values.</summary>
    public sealed record Leaf(string Name, ValueTest Test) : PolicyMember;

    /// <summary>Conditions on the properties of an object.</summary>
    public sealed record Nested(string Name, Policy Policy) : PolicyMember;

    /// <summary>Alternatives of which one must hold.</summary>
    public sealed record Or(Policy[] Alternatives) : PolicyMember;
}
