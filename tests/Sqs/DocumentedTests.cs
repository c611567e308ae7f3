using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace FuncQueue.Sqs.Tests;

/// <summary>
/// What the service's model documents for each action, as the AWS SDK for .NET hands it on, is ticked in <c>documented.tsv</c>: by a test
/// here, or by a row of the guide that says how it differs.
/// </summary>
public sealed partial class DocumentedTests
{
    private sealed record Tick(string Action, string Kind, string Name, string Where);

    private static IReadOnlyList<Tick> Ticks { get; } =
    [
        .. File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "documented.tsv"))
            .Where(line => line.Length > 0 && !line.StartsWith('#'))
            .Select(line => line.Split('\t'))
            .Select(cells => new Tick(cells[0], cells[1], cells[2], cells[3])),
    ];

    [Fact]
    public void Every_parameter_and_error_of_every_action_is_ticked_and_nothing_else_is()
    {
        var documented = Documented().ToList();
        documented.Select(d => d.Action).Distinct().Count().ShouldBeGreaterThanOrEqualTo(23);
        documented.Count(d => d.Kind == "error").ShouldBeGreaterThan(100);
        documented.Where(d => !Ticks.Any(t => IsOf(t, d))).ShouldBeEmpty();
        Ticks.Where(t => !documented.Any(d => IsOf(t, d))).ShouldBeEmpty();
        Ticks.GroupBy(t => (t.Action, t.Kind, t.Name)).Where(g => g.Count() > 1).ShouldBeEmpty();
    }

    [Fact]
    public void Every_tick_leads_to_a_test_or_to_a_row_of_the_guide()
    {
        var tests = typeof(DocumentedTests)
            .Assembly.GetTypes()
            .SelectMany(type => type.GetMethods())
            .Where(method => method.GetCustomAttributes<FactAttribute>().Any())
            .Select(method => $"{method.DeclaringType!.Name}.{method.Name}")
            .ToHashSet(StringComparer.Ordinal);
        var rows = WhatDiffers().ToHashSet(StringComparer.Ordinal);
        rows.Count.ShouldBeGreaterThan(10);
        Ticks
            .Where(t =>
                t.Where.StartsWith("row: ", StringComparison.Ordinal) ? !rows.Contains(t.Where["row: ".Length..]) : !tests.Contains(t.Where)
            )
            .ShouldBeEmpty();
    }

    private static bool IsOf(Tick tick, (string Action, string Kind, string Name) documented) =>
        (tick.Action == "*" || tick.Action == documented.Action) && (tick.Kind, tick.Name) == (documented.Kind, documented.Name);

    /// <summary>What the documentation beside the SDK's assembly says.</summary>
    private static IEnumerable<(string Action, string Kind, string Name)> Documented()
    {
        var members = XDocument
            .Load(Path.Combine(AppContext.BaseDirectory, "AWSSDK.SQS.xml"))
            .Descendants("member")
            .ToDictionary(m => m.Attribute("name")!.Value);
        foreach (var (name, member) in members)
        {
            if (Call().Match(name) is { Success: true } call)
            {
                var action = call.Groups["action"].Value;
                foreach (var error in member.Elements("exception").Select(e => e.Attribute("cref")!.Value.Split('.')[^1]).Distinct())
                    yield return (
                        action,
                        "error",
                        error.EndsWith("Exception", StringComparison.Ordinal) ? error[..^"Exception".Length] : error
                    );
            }
            else if (Parameter().Match(name) is { Success: true } parameter)
            {
                yield return (parameter.Groups["action"].Value, "parameter", parameter.Groups["name"].Value);
            }
        }
    }

    /// <summary>The first cells of the table.</summary>
    private static IEnumerable<string> WhatDiffers()
    {
        return Repository
            .Read("docs/guides/sqs.md")
            .Split('\n')
            .SkipWhile(line => line != "## What differs from Amazon's service")
            .Skip(1)
            .TakeWhile(line => !line.StartsWith('#'))
            .Where(line => line.StartsWith('|'))
            .Select(line => line.Split('|')[1].Trim());
    }

    [GeneratedRegex(@"^M:Amazon\.SQS\.AmazonSQSClient\.(?<action>\w+)Async\(Amazon\.SQS\.Model\.\k<action>Request,")]
    private static partial Regex Call();

    [GeneratedRegex(@"^P:Amazon\.SQS\.Model\.(?<action>\w+)Request\.(?<name>\w+)$")]
    private static partial Regex Parameter();
}
