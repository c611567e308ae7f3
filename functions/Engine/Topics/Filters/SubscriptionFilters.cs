using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace FuncQueue.Engine.Topics.Filters;

/// <summary>
/// The filters of a subscription, read and found right: it takes the messages that one of them matches, or, where there are none, all.
/// Immutable.
/// </summary>
public sealed class SubscriptionFilters
{
    /// <summary>The most faults that are named.</summary>
    public const int MaxFaults = 200;

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = int.MaxValue };

    private SubscriptionFilters(ImmutableArray<Filter> filters, ReadOnlyMemory<byte> json)
    {
        Filters = filters;
        Json = json;
    }

    /// <summary>No filters: everything.</summary>
    public static SubscriptionFilters None { get; } = new([], "[]"u8.ToArray());

    /// <summary>The filters in JSON as they were given, an array in UTF-8, without the white space between.</summary>
    public ReadOnlyMemory<byte> Json { get; }

    /// <summary>How many filters there are.</summary>
    public int Count => Filters.Length;

    internal ImmutableArray<Filter> Filters { get; }

    internal bool TakesEverything => Filters.IsEmpty || Filters.Any(f => f.TakesEverything);

    /// <summary>Reads what a caller gave as <c>filters</c>. Null in JSON is none.</summary>
    /// <param name="json">The value, parsed.</param>
    /// <param name="at">The path that faults begin with, as <c>filters</c>.</param>
    /// <param name="filters">Null where there are faults.</param>
    /// <param name="faults">
    /// What is wrong, each place once, by its path in JSON: all of it, or the first <see cref="MaxFaults"/> and that there are more.
    /// </param>
    public static bool TryParse(
        JsonElement json,
        string at,
        [NotNullWhen(true)] out SubscriptionFilters? filters,
        out IReadOnlyList<Fault> faults
    )
    {
        var list = new FaultList();
        var read = json.ValueKind == JsonValueKind.Null ? None : Read(json, at, list);
        faults = list.Faults;
        filters = faults.Count == 0 ? read : null;
        return filters is not null;
    }

    /// <summary>As above, of a text that is perhaps no JSON.</summary>
    public static bool TryParse(
        ReadOnlyMemory<byte> json,
        string at,
        [NotNullWhen(true)] out SubscriptionFilters? filters,
        out IReadOnlyList<Fault> faults
    )
    {
        try
        {
            using var document = JsonDocument.Parse(json, Strict);
            return TryParse(document.RootElement, at, out filters, out faults);
        }
        catch (JsonException e)
        {
            (filters, faults) = (null, [new Fault(at, $"Must be JSON: {e.Message}")]);
            return false;
        }
    }

    public override string ToString() => System.Text.Encoding.UTF8.GetString(Json.Span);

    private static SubscriptionFilters? Read(JsonElement json, string at, FaultList faults)
    {
        if (json.ValueKind != JsonValueKind.Array)
        {
            faults.Add(at, "Must be an array of filters.");
            return null;
        }

        var compact = Compact(JsonMarshal.GetRawUtf8Value(json));
        if (compact.Length > Limits.MaxFilterBytes)
        {
            faults.Add(at, $"Must not exceed {Limits.MaxFilterBytes} bytes of JSON in all.");
            return null;
        }

        var filters = ImmutableArray.CreateBuilder<Filter>(json.GetArrayLength());
        foreach (var filter in json.EnumerateArray())
            filters.Add(FilterReader.Read(filter, JsonPath.Element(at, filters.Count), faults));
        return new SubscriptionFilters(filters.MoveToImmutable(), compact);
    }

    /// <summary>JSON without the white space that means nothing; the texts in it stay as they are.</summary>
    private static byte[] Compact(ReadOnlySpan<byte> json)
    {
        var compact = new byte[json.Length];
        var length = 0;
        var (inString, escaped) = (false, false);
        foreach (var b in json)
        {
            if (!inString && b is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')
                continue;
            compact[length++] = b;
            if (b == '"' && !escaped)
                inString = !inString;
            escaped = inString && b == '\\' && !escaped;
        }

        return length == compact.Length ? compact : compact[..length];
    }
}
