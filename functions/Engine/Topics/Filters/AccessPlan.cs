namespace FuncQueue.Engine.Topics.Filters;

/// <summary>
/// Chooses by which keys each filter is found: those that the fewest other filters share, since a message that has a key has all of them
/// examined. How many share a key is counted by two hashes (a count-min sketch), which takes the same room however many keys there are, and
/// is exact enough to choose by.
/// </summary>
internal sealed class AccessPlan
{
    /// <summary>How many times as many messages as an exact key a pattern is taken to match.</summary>
    private const int PatternWeight = 4;

    private readonly int[] shared = new int[1 << 16];
    private readonly int[] sharedToo = new int[1 << 16];

    /// <summary>Counts a filter's keys; all filters must be counted before one is chosen for.</summary>
    public void Count(BoundFilter filter)
    {
        foreach (var key in Routing(filter) ?? [])
            AddShared(key);
        foreach (var policy in filter.Policies)
            Count(policy);
    }

    /// <summary>The keys of a filter; null where it can match a message that has nothing that could be looked up.</summary>
    public AccessKey[]? Choose(BoundFilter filter)
    {
        var best = Routing(filter);
        foreach (var policy in filter.Policies)
            best = Better(best, Choose(policy));
        return best;
    }

    private void Count(BoundPolicy policy)
    {
        foreach (var member in policy.Members)
        {
            foreach (var key in Keys(member) ?? [])
                AddShared(key);
            foreach (var inner in member.Policies)
                Count(inner);
        }
    }

    private AccessKey[]? Choose(BoundPolicy policy)
    {
        var members = policy.Members.ToArray().Select(Choose);
        return policy.Any ? Union(members) : members.Aggregate((AccessKey[]?)null, Better);
    }

    private AccessKey[]? Choose(BoundMember member) =>
        member.IsOr ? Union(member.Policies.Select(Choose)) : Better(Keys(member), member.Policies.Select(Choose).SingleOrDefault());

    private static AccessKey[]? Keys(BoundMember member) => member.Test is { } test ? AccessKey.Of(member.Field!, test) : null;

    private static AccessKey[]? Routing(BoundFilter filter) =>
        filter.RoutingKeys?.Select(pattern => new AccessKey(AccessKind.Routing, null, pattern.Text, Pattern: pattern)).ToArray();

    /// <summary>One of several must hold: the keys of all.</summary>
    private static AccessKey[]? Union(IEnumerable<AccessKey[]?> alternatives)
    {
        var all = new List<AccessKey>();
        foreach (var keys in alternatives)
        {
            if (keys is null)
                return null;
            all.AddRange(keys);
        }

        return [.. all];
    }

    private AccessKey[]? Better(AccessKey[]? one, AccessKey[]? other) =>
        one is null || (other is not null && Cost(other) < Cost(one)) ? other : one;

    /// <summary>How many filters a message is taken to have examined that has one of the keys.</summary>
    private int Cost(AccessKey[] keys) => keys.Length == 0 ? 0 : keys.Max(Cost);

    private int Cost(AccessKey key) =>
        key.Pattern switch
        {
            null => Shared(key),
            { IsExact: true } => Shared(key),
            { Text: "#" } => int.MaxValue,
            _ => Shared(key) * PatternWeight,
        };

    private int Shared(in AccessKey key)
    {
        var hash = Hash(key);
        return Math.Min(shared[(ushort)hash], sharedToo[(ushort)(hash >> 16)]);
    }

    private void AddShared(in AccessKey key)
    {
        var hash = Hash(key);
        shared[(ushort)hash]++;
        sharedToo[(ushort)(hash >> 16)]++;
    }

    private static int Hash(in AccessKey key) => (key with { Pattern = null }).GetHashCode() * -1640531535;
}
