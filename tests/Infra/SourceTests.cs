namespace FuncQueue.Infra.Tests;

/// <summary>The Bicep files as they are written.</summary>
public sealed class SourceTests(BicepServer bicep)
{
    /// <summary>Counts the days since a version came out: it would break by itself.</summary>
    private const string RuleThatAges = "use-recent-api-versions";

    public static TheoryData<string> BicepFiles => InfraFolder.BicepFiles;

    public static TheoryData<string, string> Faults =>
        new()
        {
            { "no-unused-params", "@description('Nothing.')\nparam unused string = ''\n" },
            { "use-description-params", "param location string = resourceGroup().location\noutput place string = location\n" },
            { "no-explicit-any", "@description('Anything.')\nparam value any\n\n@description('It.')\noutput copy any = value\n" },
            { "no-hardcoded-env-urls", "@description('It.')\noutput address string = 'https://x.core.windows.net'\n" },
        };

    [Theory]
    [MemberData(nameof(BicepFiles))]
    public async Task A_file_is_formatted_as_the_formatter_does(string file) =>
        (await bicep.FormatAsync(InfraFolder.File(file))).ShouldBe(
            await File.ReadAllTextAsync(InfraFolder.File(file), TestContext.Current.CancellationToken)
        );

    [Fact]
    public async Task Every_file_is_part_of_what_is_checked_from_main()
    {
        var referenced = await bicep.FileReferencesAsync(InfraFolder.File("main.bicep"));
        var modules = InfraFolder
            .BicepFiles.Select(row => row.Data)
            .Where(file => file.EndsWith(".bicep", StringComparison.Ordinal) && !file.StartsWith("samples", StringComparison.Ordinal));
        modules.Select(InfraFolder.File).ShouldBeSubsetOf(referenced);
        referenced.ShouldContain(InfraFolder.File("bicepconfig.json"));
    }

    [Theory]
    [InlineData("main.bicep")]
    [InlineData("dev.bicepparam")]
    [InlineData("prod.bicepparam")]
    [InlineData("prod-private.bicepparam")]
    [InlineData("samples/worker.bicep")]
    public async Task The_linter_finds_nothing(string file) => (await LintAsync(InfraFolder.File(file))).ShouldBeEmpty();

    [Fact]
    public async Task Every_rule_of_the_linter_is_an_error_but_the_one_that_ages()
    {
        var rules = await RulesAsync();
        rules.ShouldAllBe(rule => rule.Value == "error" || rule.Key == RuleThatAges);
        // The rules of this version of the CLI; those that are off by default are easily forgotten.
        rules.Count.ShouldBe(55);
        foreach (
            var off in new[]
            {
                "no-explicit-any",
                "no-module-name",
                "no-unused-types",
                "use-description-vars",
                "use-description-types",
                "use-recent-module-versions",
                "use-user-defined-types",
                "what-if-short-circuiting",
            }
        )
            rules.ShouldContainKey(off);
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task A_fault_is_found_by_its_rule(string rule, string source)
    {
        using var copy = new InfraCopy();
        await copy.WriteAsync("modules/faulty.bicep", source);
        (await bicep.DiagnoseAsync(copy.File("modules/faulty.bicep"))).ShouldContain(d => d.Code == rule && d.Level == "Error");
    }

    [Fact]
    public void No_file_asks_for_a_key_or_hands_out_a_secret()
    {
        foreach (var row in InfraFolder.BicepFiles)
        {
            var text = File.ReadAllText(InfraFolder.File(row.Data));
            foreach (
                var word in new[]
                {
                    "listKeys",
                    "listAccountSas",
                    "listServiceSas",
                    "listSecrets",
                    "getSecret",
                    "AccountKey",
                    "SharedAccessSignature",
                    "@secure",
                }
            )
                text.ShouldNotContain(word, Case.Insensitive, row.Data);
        }
    }

    [Fact]
    public void What_is_generated_from_the_Bicep_files_is_not_committed_beside_them() =>
        Directory
            .GetFiles(InfraFolder.Path, "*.json")
            .Select(Path.GetFileName)
            .ShouldBe(["bicepconfig.json", "dev.snapshot.json", "prod.snapshot.json", "prod-private.snapshot.json"], ignoreOrder: true);

    [Fact]
    public async Task The_roles_are_assigned_before_the_app_exists()
    {
        var template = await bicep.CompileAsync(InfraFolder.File("main.bicep"));
        var needs = template["resources"]!["app"]!["dependsOn"]!.AsArray().Select(n => n!.GetValue<string>()).ToList();
        needs.ShouldContain("roles");
        needs.ShouldContain("privateEndpoints");
    }

    private static async Task<List<(string Rule, string Level)>> LintAsync(string path)
    {
        var (_, output, errors) = await BicepCli.RunAsync("lint", path, "--diagnostics-format", "sarif");
        var start = (output + errors).IndexOf('{', StringComparison.Ordinal);
        start.ShouldBeGreaterThanOrEqualTo(0, errors);
        var results = JsonNode.Parse((output + errors)[start..])!["runs"]!.AsArray().SelectMany(run => run!["results"]!.AsArray());
        return [.. results.Select(r => (r!["ruleId"]!.GetValue<string>(), r["level"]?.GetValue<string>() ?? "warning"))];
    }

    private static async Task<Dictionary<string, string>> RulesAsync()
    {
        var config = JsonNode.Parse(
            await File.ReadAllTextAsync(InfraFolder.File("bicepconfig.json"), TestContext.Current.CancellationToken)
        )!;
        return config["analyzers"]!["core"]!["rules"]!.AsObject().ToDictionary(r => r.Key, r => r.Value!["level"]!.GetValue<string>());
    }
}
