using System.Text.RegularExpressions;

namespace FuncQueue.Infra.Tests;

/// <summary>azure.yaml and the workflow fit the Bicep files and the app.</summary>
public sealed partial class PipelineTests(BicepServer bicep)
{
    private static string AzureYaml { get; } = File.ReadAllText(Path.Combine(InfraFolder.Root, "azure.yaml"));

    private static string Workflow { get; } = File.ReadAllText(Path.Combine(InfraFolder.Root, ".github", "workflows", "azure-dev.yml"));

    [Fact]
    public async Task Azd_finds_a_parameter_file_the_app_and_the_site_to_put_it_on()
    {
        File.Exists(InfraFolder.File(Value("module") + ".bicepparam")).ShouldBeTrue();
        Value("path").ShouldBe("infra");
        Directory.GetFiles(Path.Combine(InfraFolder.Root, Value("project")), "*.csproj").ShouldHaveSingleItem();
        Value("host").ShouldBe("function");
        var service = Service().Match(AzureYaml).Groups["name"].Value;
        (await bicep.PredictAsync(Value("module"))).Only("Microsoft.Web/sites").Tags!["azd-service-name"].Is(service).ShouldBeTrue();
    }

    [Fact]
    public void The_workflow_offers_every_parameter_file_and_puts_it_where_azd_looks()
    {
        var offered = Options().Match(Workflow).Groups["names"].Value.Split(',', StringSplitOptions.TrimEntries);
        offered.ShouldBe(InfraFolder.ParameterFiles.Select(row => row.Data), ignoreOrder: true);
        var replaced = Replacement().Match(Workflow);
        replaced.Success.ShouldBeTrue();
        Regex.Replace(AzureYaml, replaced.Groups["pattern"].Value, "  module: prod", RegexOptions.Multiline).ShouldContain("\n  module: prod\n");
    }

    [Fact]
    public void The_workflow_signs_in_with_a_token_of_its_own_and_has_no_secret()
    {
        Workflow.ShouldContain("id-token: write");
        Workflow.ShouldContain("--federated-credential-provider github");
        Workflow.ShouldNotContain("secrets.");
        Workflow.ShouldNotContain("client-secret");
    }

    [Fact]
    public void What_parameter_files_read_of_the_environment_the_workflow_sets()
    {
        foreach (var row in InfraFolder.ParameterFiles)
        {
            foreach (Match variable in Variable().Matches(File.ReadAllText(InfraFolder.File(row.Data + ".bicepparam"))))
                Workflow.ShouldContain($"      {variable.Groups["name"].Value}: ");
        }
    }

    private static string Value(string key) => Regex.Match(AzureYaml, $@"^\s+{key}: (?<value>\S+)$", RegexOptions.Multiline).Groups["value"].Value;

    [GeneratedRegex(@"^services:\n  (?<name>\w+):", RegexOptions.Multiline)]
    private static partial Regex Service();

    [GeneratedRegex(@"options: \[(?<names>[^\]]+)\]")]
    private static partial Regex Options();

    [GeneratedRegex(@"sed -i ""s/(?<pattern>[^/]+)/  module: \$PARAMETERS/"" azure\.yaml")]
    private static partial Regex Replacement();

    [GeneratedRegex(@"readEnvironmentVariable\('(?<name>[^']+)'")]
    private static partial Regex Variable();
}
