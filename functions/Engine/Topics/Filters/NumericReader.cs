using System.Text.Json;

namespace FuncQueue.Engine.Topics.Filters;

/// <summary>
/// Reads the operator <c>numeric</c>: <c>["=", 1]</c>, <c>["&lt;", 1]</c>, <c>["&gt;=", 1]</c>, <c>["&gt;", 0, "&lt;=", 150]</c>.
/// </summary>
internal static class NumericReader
{
    private const string Wanted =
        "Must be an array of =, <, <=, > or >= and a number, or of > or >= and a number, < or <= and a larger number.";

    public static Condition.Range? Read(JsonElement json, string at, FaultList faults)
    {
        if (json.ValueKind != JsonValueKind.Array || json.GetArrayLength() is not (2 or 4))
        {
            faults.Add(at, Wanted);
            return null;
        }

        var before = faults.Faults.Count;
        var first = Operator(json[0], JsonPath.Element(at, 0), faults);
        var one = Operand(json[1], JsonPath.Element(at, 1), faults);
        if (json.GetArrayLength() == 2)
            return first is null || one is null ? null : One(first, one.Value);
        var second = Operator(json[2], JsonPath.Element(at, 2), faults);
        var two = Operand(json[3], JsonPath.Element(at, 3), faults);
        if (faults.Faults.Count > before || first is null || one is null || second is null || two is null)
            return null;
        if (first is ">" or ">=" && second is "<" or "<=" && one.Value.CompareTo(two.Value) < 0)
            return new Condition.Range(one, first == ">=", two, second == "<=");
        faults.Add(at, Wanted);
        return null;
    }

    private static Condition.Range One(string comparison, ExactNumber number) =>
        comparison switch
        {
            "<" or "<=" => new Condition.Range(null, false, number, comparison == "<="),
            ">" or ">=" => new Condition.Range(number, comparison == ">=", null, false),
            _ => new Condition.Range(number, true, number, true),
        };

    private static string? Operator(JsonElement json, string at, FaultList faults)
    {
        if (JsonMembers.Text(json, at, faults) is not { } text)
            return null;
        if (text is "=" or "<" or "<=" or ">" or ">=")
            return text;
        faults.Add(at, "Must be =, <, <=, > or >=.");
        return null;
    }

    private static ExactNumber? Operand(JsonElement json, string at, FaultList faults)
    {
        if (json.ValueKind == JsonValueKind.Number)
            return ConditionReader.Number(json, at, faults);
        faults.Add(at, "Must be a number.");
        return null;
    }
}
