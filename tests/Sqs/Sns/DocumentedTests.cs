using System.Text.RegularExpressions;

namespace FuncQueue.Sqs.Tests.Sns;

/// <summary>
/// What the service's model documents for each action, as the AWS SDK for JavaScript hands it on in its types, is ticked in
/// <c>documented-sns.tsv</c>: by a test here, or by a row of the guide that says how it differs.
/// </summary>
public sealed partial class DocumentedTests
{
    private static readonly Ticks All = Ticks.In("documented-sns.tsv");

    [Fact]
    public async Task Every_parameter_and_error_of_every_action_is_ticked_and_nothing_else_is()
    {
        var documented = await DocumentedAsync();
        documented.Select(d => d.Action).Distinct().Count().ShouldBeGreaterThanOrEqualTo(42);
        documented.Count(d => d.Kind == "error").ShouldBeGreaterThan(100);
        All.ShouldBeOf(documented);
    }

    [Fact]
    public void Every_tick_leads_to_a_test_or_to_a_row_of_the_guide() =>
        All.ShouldLeadSomewhere("FuncQueue.Sqs.Tests.Sns", "docs/guides/from-aws.md", "## What differs from Amazon SNS");

    /// <summary>Of an action that is refused by its name, that there is one; of the others all they take and throw.</summary>
    private static async Task<List<(string Action, string Kind, string Name)>> DocumentedAsync()
    {
        var types = await NodeClients.FolderOfAsync("@aws-sdk/client-sns", "dist-types");
        var models = await File.ReadAllTextAsync(Path.Combine(types, "models", "models_0.d.ts"));
        var inputs = Interface()
            .Matches(models)
            .ToDictionary(
                m => m.Groups["name"].Value,
                m => Member().Matches(m.Groups["members"].Value).Select(n => n.Groups["name"].Value)
            );
        var served = Served();
        var documented = new List<(string, string, string)>();
        foreach (var file in Directory.EnumerateFiles(Path.Combine(types, "commands"), "*Command.d.ts"))
        {
            var action = Path.GetFileName(file)[..^"Command.d.ts".Length];
            if (!served.Contains(action))
            {
                documented.Add((action, "action", "*"));
                continue;
            }

            var text = await File.ReadAllTextAsync(file);
            documented.AddRange(inputs[Input().Match(text).Groups["name"].Value].Select(name => (action, "parameter", name)));
            documented.AddRange(
                Thrown().Matches(text).Select(m => m.Groups["name"].Value).Distinct().Select(error => (action, "error", error))
            );
        }

        return documented;
    }

    private static IReadOnlyCollection<string> Served() => new FuncQueue.Functions.Sns.Actions.SnsActions(null!, null!).Names;

    [GeneratedRegex(@"^export interface (?<name>\w+)[^{]*\{(?<members>.*?)^\}", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Interface();

    [GeneratedRegex(@"^    (?<name>\w+)\??: ", RegexOptions.Multiline)]
    private static partial Regex Member();

    [GeneratedRegex(@"import type \{[^}]*?(?<name>\w+(Input|Request))\b")]
    private static partial Regex Input();

    [GeneratedRegex(@"@throws \{@link (?<name>\w+?)(Exception)?\} \(")]
    private static partial Regex Thrown();
}
