using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using FuncQueue.Benchmarks.Scenarios;

namespace FuncQueue.Benchmarks.Reports;

/// <summary>The figures for programs.</summary>
internal static class JsonReport
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static Task WriteAsync(string file, IReadOnlyList<Result> results) => File.WriteAllTextAsync(file, Text(results));

    public static string Text(IReadOnlyList<Result> results) =>
        JsonSerializer.Serialize(
            new
            {
                scenarios = results.Select(r => new
                {
                    name = r.Figure.Name,
                    value = r.Skipped is null ? Math.Round(r.Value, 5) : (double?)null,
                    unit = r.Figure.Unit,
                    spread = r.Skipped is null ? Math.Round(r.Spread, 3) : (double?)null,
                    peer = r.Peer is { } peer ? Math.Round(peer, 5) : (double?)null,
                    peerName = r.Figure.PeerName,
                    ratio = r.Ratio is { } ratio ? Math.Round(ratio, 4) : (double?)null,
                    goal = r.Figure.Goal?.ToString(),
                    met = r.Met,
                    skipped = r.Skipped,
                }),
            },
            Options
        );
}
