using System.Text.Json;

namespace FuncQueue.Engine.Topics.Filters;

/// <summary>Reads a policy in Amazon SNS's form: names with conditions or, in bodies, with further names.</summary>
internal sealed class PolicyReader
{
    /// <summary>The name that holds alternatives, where what it has are several objects.</summary>
    public const string Or = "$or";

    private readonly bool nests;
    private readonly FaultList faults;

    private PolicyReader(bool nests, FaultList faults)
    {
        this.nests = nests;
        this.faults = faults;
    }

    public static Policy Attributes(JsonElement json, string at, FaultList faults) => new PolicyReader(false, faults).Read(json, at, 1);

    public static Policy Body(JsonElement json, string at, FaultList faults) => new PolicyReader(true, faults).Read(json, at, 1);

    private Policy Read(JsonElement json, string at, int depth)
    {
        if (depth > Limits.MaxFilterDepth)
        {
            faults.Add(at, $"Must not nest deeper than {Limits.MaxFilterDepth} objects.");
            return new Policy([], false);
        }

        var members = new List<PolicyMember>();
        foreach (var (name, value, path) in JsonMembers.Of(json, at, faults, "Must be an object of names with conditions."))
        {
            if (name == Or && value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(IsPolicy))
                members.Add(Alternatives(value, path, depth));
            else if (value.ValueKind == JsonValueKind.Object && nests)
                members.Add(new PolicyMember.Nested(name, Inner(value, path, depth)));
            else if (ConditionReader.Read(value, path, nests, faults) is { } test)
                members.Add(new PolicyMember.Leaf(name, test));
        }

        return new Policy([.. members], false);
    }

    private PolicyMember.Or Alternatives(JsonElement json, string at, int depth)
    {
        if (json.GetArrayLength() < 2)
            faults.Add(at, "Must have two alternatives or more, each an object.");
        return new PolicyMember.Or([.. json.EnumerateArray().Select((policy, i) => Inner(policy, JsonPath.Element(at, i), depth))]);
    }

    private Policy Inner(JsonElement json, string at, int depth)
    {
        if (!json.EnumerateObject().Any())
            faults.Add(at, "Must not be empty.");
        return Read(json, at, depth + 1);
    }

    /// <summary>
    /// Whether an element of <c>$or</c> is an alternative: with an operator's name in it, it is a condition on a property of that name.
    /// </summary>
    private static bool IsPolicy(JsonElement json) =>
        json.ValueKind == JsonValueKind.Object
        && !json.EnumerateObject().Any(p => JsonMembers.NameOf(p) is { } name && ConditionReader.Operators.Contains(name));
}
