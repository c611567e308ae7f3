namespace FuncQueue.Engine.Topics.Filters;

/// <summary>A member of a policy: conditions on a field's values, on the object in it, or alternatives.</summary>
internal sealed class BoundMember
{
    private BoundMember(string name, int slot, FieldNode? field, ValueTest? test, BoundPolicy[] policies, bool isOr)
    {
        Slot = slot;
        Name = name;
        Field = field;
        Test = test;
        Policies = policies;
        IsOr = isOr;
    }

    public string Name { get; }

    /// <summary>Of the field; −1 of alternatives.</summary>
    public int Slot { get; }

    /// <summary>Null of alternatives.</summary>
    public FieldNode? Field { get; }

    /// <summary>Null where the field's value is to be an object.</summary>
    public ValueTest? Test { get; }

    /// <summary>The alternatives, or what the object in the field must meet.</summary>
    public BoundPolicy[] Policies { get; }

    public bool IsOr { get; }

    public static BoundMember Bind(PolicyMember member, FieldNode node)
    {
        switch (member)
        {
            case PolicyMember.Or or:
                return new BoundMember(PolicyReader.Or, -1, null, null, [.. or.Alternatives.Select(p => BoundPolicy.Bind(p, node))], true);
            case PolicyMember.Nested nested:
                var inner = node.Add(nested.Name);
                return new BoundMember(nested.Name, inner, node[inner], null, [BoundPolicy.Bind(nested.Policy, node[inner])], false);
            case PolicyMember.Leaf leaf:
                var slot = node.Add(leaf.Name);
                return new BoundMember(leaf.Name, slot, node[slot], leaf.Test, [], false);
            default:
                throw new ArgumentOutOfRangeException(nameof(member));
        }
    }

    public bool Matches(FieldSet? fields)
    {
        if (Test is { } test)
            return test.Matches(ValueIn(fields));
        if (!IsOr)
            return Policies[0].MatchesIn(ValueIn(fields));
        foreach (var alternative in Policies)
        {
            if (alternative.Matches(fields))
                return true;
        }

        return false;
    }

    public FieldValue? ValueIn(FieldSet? fields) => fields?[Slot];
}
