using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace FuncQueue.Sqs.Tests;

/// <summary>
/// What the service's model documents for each action, as the AWS SDK for .NET hands it on, is ticked in <c>documented.tsv</c>: by a test
/// here, or by a row of the guide that says how it differs.
/// </summary>
public sealed partial class DocumentedTests
{
    private static readonly Ticks All = Ticks.In("documented.tsv");

    [Fact]
    public void Every_parameter_and_error_of_every_action_is_ticked_and_nothing_else_is()
    {
        var documented = Documented().ToList();
        documented.Select(d => d.Action).Distinct().Count().ShouldBeGreaterThanOrEqualTo(23);
        documented.Count(d => d.Kind == "error").ShouldBeGreaterThan(100);
        All.ShouldBeOf(documented);
    }

    [Fact]
    public void Every_tick_leads_to_a_test_or_to_a_row_of_the_guide() =>
        All.ShouldLeadSomewhere("FuncQueue.Sqs.Tests", "docs/guides/sqs.md", "## What differs from Amazon's service");

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

    [GeneratedRegex(@"^M:Amazon\.SQS\.AmazonSQSClient\.(?<action>\w+)Async\(Amazon\.SQS\.Model\.\k<action>Request,")]
    private static partial Regex Call();

    [GeneratedRegex(@"^P:Amazon\.SQS\.Model\.(?<action>\w+)Request\.(?<name>\w+)$")]
    private static partial Regex Parameter();
}
