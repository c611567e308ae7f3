namespace FuncQueue.Engine.Topics.Filters;

/// <summary>A policy whose properties are bound to the fields of a matcher.</summary>
internal sealed class BoundPolicy(BoundMember[] members, bool any)
{
    public ReadOnlySpan<BoundMember> Members => members;

    public bool Any => any;

    public static BoundPolicy Bind(Policy policy, FieldNode node)
    {
        var members = new BoundMember[policy.Members.Length];
        for (var i = 0; i < members.Length; i++)
            members[i] = BoundMember.Bind(policy.Members[i], node);
        return new BoundPolicy(members, policy.Any);
    }

    /// <param name="fields">Of the object; null where there is none, so that it has no properties.</param>
    public bool Matches(FieldSet? fields)
    {
        foreach (var member in members)
        {
            if (member.Matches(fields) == any)
                return any;
        }

        return !any;
    }

    /// <summary>
    /// Whether an object that lies in a field matches, or any of several in an array. What is no object has no properties.
    /// </summary>
    public bool MatchesIn(FieldValue? field)
    {
        if (field is null)
            return Matches(null);
        foreach (var fields in field.Objects)
        {
            if (Matches(fields))
                return true;
        }

        return (field.Objects.Count == 0 || !field.Leaves.IsEmpty) && Matches(null);
    }
}
