using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Text.Json;
using FuncQueue.Engine.Topics.Log;

namespace FuncQueue.Engine.Topics.Filters;

/// <summary>
/// Conditions on the attributes of a message, as a subscription's filter has them under <c>attributes</c>. Immutable; for any number of
/// threads.
/// </summary>
public sealed class AttributeFilter
{
    private readonly FieldNode fields;
    private readonly BoundPolicy policy;

    private AttributeFilter(FieldNode fields, BoundPolicy policy)
    {
        this.fields = fields;
        this.policy = policy;
    }

    /// <summary>Reads what a caller gave.</summary>
    /// <param name="json">The value, parsed.</param>
    /// <param name="at">The path that faults begin with.</param>
    /// <param name="filter">Null where there are faults.</param>
    /// <param name="faults">What is wrong, each place once, by its path in JSON.</param>
    public static bool TryParse(
        JsonElement json,
        string at,
        [NotNullWhen(true)] out AttributeFilter? filter,
        out IReadOnlyList<Fault> faults
    )
    {
        var list = new FaultList();
        filter = null;
        if (JsonMarshal.GetRawUtf8Value(json).Length > Limits.MaxFilterBytes)
            list.Add(at, $"Must not exceed {Limits.MaxFilterBytes} bytes of JSON.");
        else if (PolicyReader.Attributes(json, at, list) is var policy && list.Faults.Count == 0)
            filter = Bind(policy);
        faults = list.Faults;
        return filter is not null;
    }

    public bool Matches(IReadOnlyDictionary<string, string> attributes) =>
        policy.Matches(MatchScratch.ReadAttributes(new Routable("", attributes, null), fields));

    private static AttributeFilter Bind(Policy policy)
    {
        var fields = new FieldNode();
        return new AttributeFilter(fields, BoundPolicy.Bind(policy, fields));
    }
}
