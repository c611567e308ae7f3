using System.Text.RegularExpressions;

namespace FuncQueue.Infra.Tests.Support;

/// <summary>What a query over customMetrics refers to.</summary>
public sealed partial class Kql(string query)
{
    /// <summary>The names that <c>name</c> is compared with.</summary>
    public IReadOnlyList<string> Metrics { get; } =
    [
        .. MetricName()
            .Matches(query)
            .SelectMany(m => Literal().Matches(m.Groups["names"].Value))
            .Select(l => l.Groups["text"].Value)
            .Distinct(),
    ];

    /// <summary>The custom dimensions that are looked at.</summary>
    public IReadOnlyList<string> Dimensions { get; } = [.. Dimension().Matches(query).Select(m => m.Groups["name"].Value).Distinct()];

    /// <summary>Custom dimensions and the values that they are compared with.</summary>
    public IReadOnlyList<(string Dimension, string Value)> Comparisons { get; } =
    [.. Comparison().Matches(query).Select(m => (m.Groups["name"].Value, m.Groups["value"].Value))];

    /// <summary>The table that is queried.</summary>
    public string Table { get; } = query.TrimStart().Split(['\n', ' ', '|'], 2)[0];

    /// <summary>Fails unless everything that the query names is emitted.</summary>
    public void ShouldNameWhatIsEmitted()
    {
        Metrics.ShouldNotBeEmpty(query);
        foreach (var metric in Metrics)
        {
            EmittedMetrics.Instruments.ShouldContainKey(metric);
            foreach (var dimension in Dimensions)
                EmittedMetrics.Instruments[metric].ShouldContainKey(dimension);
            foreach (var (dimension, value) in Comparisons)
                EmittedMetrics.Instruments[metric][dimension].ShouldContain(value);
        }
    }

    [GeneratedRegex(@"\bname (==|in) (?<names>\(.*?\)|'[^']*')")]
    private static partial Regex MetricName();

    [GeneratedRegex("'(?<text>[^']*)'")]
    private static partial Regex Literal();

    [GeneratedRegex(@"customDimensions\['(?<name>[^']+)'\]")]
    private static partial Regex Dimension();

    [GeneratedRegex(@"tostring\(customDimensions\['(?<name>[^']+)'\]\) == '(?<value>[^']*)'")]
    private static partial Regex Comparison();
}
