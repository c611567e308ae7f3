using System.Collections.Frozen;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace FuncQueue.Engine.Topics.Filters;

/// <summary>Reads the conditions on one property, an array of values and operators.</summary>
internal sealed class ConditionReader
{
    private const string AnythingBut = "anything-but";

    /// <summary>The largest exponent, up or down, of a number in a filter.</summary>
    private const int MaxMagnitude = 100_000;

    private readonly FaultList faults;
    private readonly ValueTest.Builder test = new();

    private ConditionReader(FaultList faults) => this.faults = faults;

    /// <summary>The names that are operators, and so none of properties in an alternative of <c>$or</c>.</summary>
    public static FrozenSet<string> Operators { get; } =
        FrozenSet.Create(
            StringComparer.Ordinal,
            "prefix",
            "suffix",
            "wildcard",
            "equals-ignore-case",
            "numeric",
            "cidr",
            "exists",
            AnythingBut
        );

    /// <param name="nests">Whether an object of properties could be there instead.</param>
    /// <returns>Null where it is no array.</returns>
    public static ValueTest? Read(JsonElement json, string at, bool nests, FaultList faults)
    {
        if (json.ValueKind != JsonValueKind.Array)
        {
            faults.Add(
                at,
                nests ? "Must be an array of conditions, or an object of names with conditions." : "Must be an array of conditions."
            );
            return null;
        }

        if (json.GetArrayLength() == 0)
            faults.Add(at, "Must have a condition at least.");
        var reader = new ConditionReader(faults);
        var index = 0;
        foreach (var condition in json.EnumerateArray())
            reader.Read(condition, JsonPath.Element(at, index++));
        var raw = JsonMarshal.GetRawUtf8Value(json);
        return reader.test.Build(JsonPath.Short(Encoding.UTF8.GetString(raw[..Math.Min(raw.Length, 400)])));
    }

    private void Read(JsonElement json, string at)
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            if (!Value(json, at))
                faults.Add(at, "Must be a string, a number, true, false, null, or an object with an operator.");
            return;
        }

        var operators = 0;
        foreach (var (name, value, path) in JsonMembers.Of(json, at, faults, ""))
        {
            operators++;
            switch (name)
            {
                case "exists" when value.ValueKind is JsonValueKind.True:
                    test.Exists = true;
                    break;
                case "exists" when value.ValueKind is JsonValueKind.False:
                    test.Absent = true;
                    break;
                case "exists":
                    faults.Add(path, "Must be true or false.");
                    break;
                case "numeric":
                    if (NumericReader.Read(value, path, faults) is { } range)
                        test.Add(range);
                    break;
                case "cidr":
                    Cidr(value, path);
                    break;
                case AnythingBut:
                    Except(value, path);
                    break;
                case var other when !Text(other, value, path):
                    faults.Add(
                        path,
                        $"There is no such operator. There are: {string.Join(", ", Operators.Order(StringComparer.Ordinal))}."
                    );
                    break;
            }
        }

        if (operators != 1)
            faults.Add(at, "Must have one operator.");
    }

    /// <summary>A value that matches by being equal; false where it is none.</summary>
    private bool Value(JsonElement json, string at)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.String:
                if (JsonMembers.Text(json, at, faults) is { } text)
                    test.Add(text);
                return true;
            case JsonValueKind.Number:
                if (Number(json, at, faults) is { } number)
                    test.Add(number);
                return true;
            case JsonValueKind.True:
                test.Add(Word.True);
                return true;
            case JsonValueKind.False:
                test.Add(Word.False);
                return true;
            case JsonValueKind.Null:
                test.Add(Word.Null);
                return true;
            default:
                return false;
        }
    }

    /// <summary>An operator on strings; false where there is none of this name.</summary>
    private bool Text(string name, JsonElement json, string at)
    {
        if (name is not ("prefix" or "suffix" or "wildcard" or "equals-ignore-case"))
            return false;
        if (JsonMembers.Text(json, at, faults) is not { } text)
            return true;
        if (text.Length == 0)
        {
            faults.Add(at, "Must not be empty.");
            return true;
        }

        switch (name)
        {
            case "prefix":
                test.Add(new Condition.Prefix(text));
                break;
            case "suffix":
                test.Add(new Condition.Suffix(text));
                break;
            case "equals-ignore-case":
                test.AddFolded(text);
                break;
            default:
                if (Wildcard.Parse(text, out var fault) is not { } wildcard)
                    faults.Add(at, fault!);
                else if (faults.Wildcards++ >= Limits.MaxWildcardConditions)
                    faults.Add(at, $"At most {Limits.MaxWildcardConditions} conditions of a subscription have a wildcard.");
                else
                    test.Add(new Condition.Pattern(wildcard));
                break;
        }

        return true;
    }

    private void Cidr(JsonElement json, string at)
    {
        if (JsonMembers.Text(json, at, faults) is not { } text)
            return;
        if (AddressRange.TryParse(text, out var range))
            test.Add(new Condition.Address(range!));
        else
            faults.Add(at, "Must be an address of IPv4 or IPv6, a slash, and a number of bits.");
    }

    /// <summary>Values, or one of the operators on strings; each alone or as a list.</summary>
    private void Except(JsonElement json, string at)
    {
        const string Wanted =
            "Must be a string, a number, true, false, null, a list of those, or an object with prefix, suffix, "
            + "wildcard or equals-ignore-case.";
        var excepted = new ConditionReader(faults);
        if (json.ValueKind == JsonValueKind.Object)
        {
            var operators = 0;
            foreach (var (name, value, path) in JsonMembers.Of(json, at, faults, ""))
            {
                operators++;
                excepted.Each(value, path, (one, onePath) => excepted.Text(name, one, onePath), Wanted);
            }

            if (operators != 1)
                faults.Add(at, "Must have one operator.");
        }
        else
        {
            excepted.Each(json, at, excepted.Value, Wanted);
        }

        test.Add(new Condition.AnythingBut(excepted.test.Build()));
    }

    private void Each(JsonElement json, string at, Func<JsonElement, string, bool> read, string wanted)
    {
        if (json.ValueKind != JsonValueKind.Array)
        {
            if (!read(json, at))
                faults.Add(at, wanted);
            return;
        }

        var index = 0;
        foreach (var one in json.EnumerateArray())
        {
            var path = JsonPath.Element(at, index++);
            if (!read(one, path))
                faults.Add(path, wanted);
        }

        if (index == 0)
            faults.Add(at, "Must not be empty.");
    }

    /// <summary>
    /// A number; null where it is too large or small to compare exactly with all that messages may have, which is a fault.
    /// </summary>
    public static ExactNumber? Number(JsonElement json, string at, FaultList faults)
    {
        var number = ExactNumber.Parse(JsonMarshal.GetRawUtf8Value(json));
        if (Math.Abs(number.Magnitude) <= MaxMagnitude)
            return number;
        faults.Add(at, $"Must be a number between 1e{MaxMagnitude} and 1e-{MaxMagnitude}, or 0.");
        return null;
    }
}
