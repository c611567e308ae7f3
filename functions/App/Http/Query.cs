using System.Globalization;

namespace FuncQueue.Functions.Http;

/// <summary>The query of a request: each parameter known, given once, and of its type; what is not becomes a fault.</summary>
internal sealed class Query
{
    /// <summary>
    /// Stands in for numbers too large to count with: out of every range, so that the range's fault is what the caller reads.
    /// </summary>
    public const long FarTooMany = 1_000_000_000_000 / 10;

    private readonly IQueryCollection values;
    private readonly Faults faults;

    /// <param name="known">The parameters of the route; <c>code</c>, which holds a key, always is one.</param>
    public Query(HttpRequest request, Faults faults, params ReadOnlySpan<string> known)
    {
        values = request.Query;
        this.faults = faults;
        foreach (var (name, value) in values)
        {
            if (name != "code" && !known.Contains(name))
                faults.Add(name, "Is not a parameter of this route.");
            else if (value.Count > 1)
                faults.Add(name, "Is given more than once.");
        }
    }

    public bool Has(string name) => values.ContainsKey(name);

    public string? Text(string name) => values.TryGetValue(name, out var value) && value.Count == 1 ? value[0] : null;

    public int? Number(string name)
    {
        if (Text(name) is not { } text)
            return null;
        if (IsWholeNumber(text))
            return (int)Math.Clamp(Parse(text), int.MinValue, int.MaxValue);
        faults.Add(name, "Must be a whole number.");
        return null;
    }

    /// <summary>A whole number that is not negative, as long as it can be counted.</summary>
    public long? Whole(string name)
    {
        if (Text(name) is not { } text)
            return null;
        if (IsWholeNumber(text) && !text.StartsWith('-') && long.TryParse(text, CultureInfo.InvariantCulture, out var number))
            return number;
        faults.Add(name, "Must be a whole number that is not negative.");
        return null;
    }

    public bool? Flag(string name)
    {
        switch (Text(name))
        {
            case null:
                return null;
            case "true":
                return true;
            case "false":
                return false;
            default:
                faults.Add(name, "Must be true or false.");
                return null;
        }
    }

    /// <summary><c>deduplicationId</c>, or the header that means the same.</summary>
    public string? DeduplicationId(HttpRequest request)
    {
        var id = Text("deduplicationId");
        if (!request.Headers.TryGetValue("Idempotency-Key", out var key))
            return id;
        if (!RepeatedHeader.IsSingle(key))
            faults.Add("Idempotency-Key", RepeatedHeader.Detail);
        else if (id is not null && id != key[0])
            faults.Add("Idempotency-Key", "Means the same as deduplicationId: give one of them, or both alike.");
        return id ?? key[0];
    }

    public TimeSpan? Seconds(string name)
    {
        if (Text(name) is not { } text)
            return null;
        if (Durations.TryParse(text, out var duration))
            return duration;
        faults.Add(name, Durations.Rule);
        return null;
    }

    public DateTimeOffset? Instant(string name)
    {
        if (Text(name) is not { } text)
            return null;
        if (Instants.TryParse(text, out var instant))
            return instant;
        faults.Add(name, Instants.Rule);
        return null;
    }

    private static bool IsWholeNumber(string text)
    {
        var digits = text.AsSpan(text.StartsWith('-') ? 1 : 0);
        return digits.Length > 0 && digits.IndexOfAnyExceptInRange('0', '9') < 0;
    }

    private static long Parse(string text) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? Math.Clamp(number, -FarTooMany, FarTooMany)
        : text.StartsWith('-') ? -FarTooMany
        : FarTooMany;
}
