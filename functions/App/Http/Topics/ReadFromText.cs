using System.Globalization;
using FuncQueue.Engine.Topics;

namespace FuncQueue.Functions.Http.Topics;

/// <summary>The parameter <c>from</c>: where a read begins.</summary>
internal static class ReadFromText
{
    public const string Rule = "Must be an offset, an instant as 2026-01-31T12:00:00Z, earliest or latest.";

    /// <summary>By itself the oldest record that is there.</summary>
    public static ReadFrom Parse(string? text, Faults faults)
    {
        switch (text)
        {
            case null or "earliest":
                return new ReadFrom.Earliest();
            case "latest":
                return new ReadFrom.Latest();
            case var _ when long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var offset):
                return new ReadFrom.Offset(offset);
            case var _ when Instants.TryParse(text, out var instant):
                return new ReadFrom.Instant(instant);
            default:
                faults.Add("from", Rule);
                return new ReadFrom.Earliest();
        }
    }
}
