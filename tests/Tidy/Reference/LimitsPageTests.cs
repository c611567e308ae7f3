using System.Globalization;
using System.Reflection;
using FuncQueue.Engine;

namespace FuncQueue.Tidy.Tests.Reference;

/// <summary>The page of limits has every limit of the product with its value.</summary>
public sealed class LimitsPageTests
{
    [Fact]
    public void The_page_lists_what_the_code_says() =>
        GeneratedText.Check(
            "docs/reference/limits.md",
            "limits",
            GeneratedText.Table(
                ["limit", "value", "of what"],
                typeof(Limits)
                    .GetFields(BindingFlags.Public | BindingFlags.Static)
                    .Select(field =>
                        (IReadOnlyList<string>)
                            [
                                $"`{field.Name}`",
                                ValueOf(field.GetValue(null)!),
                                XmlDocs.SummaryOf($"F:{typeof(Limits).FullName}.{field.Name}"),
                            ]
                    )
            )
        );

    [Fact]
    public void Every_limit_says_what_it_limits() =>
        typeof(Limits)
            .GetFields(BindingFlags.Public | BindingFlags.Static)
            .Select(f => f.Name)
            .Where(name => XmlDocs.SummaryOf($"F:{typeof(Limits).FullName}.{name}").Length == 0)
            .ShouldBeEmpty();

    private static string ValueOf(object value) =>
        value switch
        {
            TimeSpan span => string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds} s"),
            DateTimeOffset instant => instant.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
        };
}
