using System.Globalization;

namespace FuncQueue.Functions.Http;

/// <summary>The query of a request: each parameter known, given once, and of its type; what is not becomes a fault.</summary>
internal sealed class Query
{
    /// <summary>Stands in for numbers too large to count with: out of every range, so that the range's fault is what the caller reads.</summary>
    public const long FarTooMany = 1_000_000_000_000 / 10;

    private readonly IQueryCollection values;
    private readonly Faults faults;

    /// <param name="known">The parameters of the route; the function key's <c>code</c> always is one.</param>
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

    public TimeSpan? Seconds(string name)
    {
        if (Text(name) is not { } text)
            return null;
        if (IsWholeNumber(text))
            return TimeSpan.FromSeconds(Parse(text));
        faults.Add(name, "Must be a whole number of seconds.");
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

    private static long Parse(string text) => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
        ? Math.Clamp(number, -FarTooMany, FarTooMany)
        : text.StartsWith('-') ? -FarTooMany : FarTooMany;
}
