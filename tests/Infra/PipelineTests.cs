using System.Text.RegularExpressions;
using FuncQueue.Functions.Access;

namespace FuncQueue.Infra.Tests;

/// <summary>azure.yaml and the workflow fit the Bicep files and the app.</summary>
public sealed partial class PipelineTests(BicepServer bicep)
{
    private static string AzureYaml { get; } = File.ReadAllText(Path.Combine(Repository.Root, "azure.yaml"));

    private static string Workflow { get; } = File.ReadAllText(Path.Combine(Repository.Root, ".github", "workflows", "azure-dev.yml"));

    [Fact]
    public async Task Azd_finds_a_parameter_file_the_app_and_the_site_to_put_it_on()
    {
        File.Exists(InfraFolder.File(Value("module") + ".bicepparam")).ShouldBeTrue();
        Value("path").ShouldBe("infra");
        Directory.GetFiles(Path.Combine(Repository.Root, Value("project")), "*.csproj").ShouldHaveSingleItem();
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
        Regex
            .Replace(AzureYaml, replaced.Groups["pattern"].Value, "  module: prod", RegexOptions.Multiline)
            .ShouldContain("\n  module: prod\n");
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

    [Theory]
    [InlineData("7d2f6f0c-0000-4000-8000-000000000001", " --subscription 7d2f6f0c-0000-4000-8000-000000000001")]
    [InlineData(null, "")]
    public async Task The_provider_that_only_a_delegation_needs_is_registered_before_anything_is_made(string? subscription, string option)
    {
        var hook = Hooks["preprovision", "posix"];
        foreach (var exitCode in new[] { 0, 3 })
        {
            using var shell = new Shell();
            shell.StandIn("az", exitCode);
            var ended = await shell.RunAsync(hook["shell"].Text!, hook["run"].Text!, ("AZURE_SUBSCRIPTION_ID", subscription));
            ended.ExitCode.ShouldBe(exitCode);
            shell.Calls.ShouldBe(["az provider register --namespace Microsoft.App --wait" + option]);
        }
    }

    [Fact]
    public void Windows_registers_the_same_provider_and_fails_as_well()
    {
        Hooks.Members.Keys.ShouldBe(["preprovision", "postprovision"]);
        Hooks["preprovision"].Members.Keys.ShouldBe(["posix", "windows"]);
        var hook = Hooks["preprovision", "windows"];
        hook["shell"].Text.ShouldBe("pwsh");
        hook["run"].Text!.ShouldContain("az provider register --namespace Microsoft.App --wait @subscription\nexit $LASTEXITCODE\n");
        // The hook asks with a program that the workflow has signed in.
        Workflow.ShouldContain("az login --service-principal");
        foreach (var way in new[] { "posix", "windows" })
            Hooks["preprovision", way]["continueOnError"].Exists.ShouldBeFalse();
    }

    /// <summary>What is printed is what the deploy guide says, and a key that the app takes; no secret is among it.</summary>
    [Fact]
    public async Task After_provisioning_azd_prints_how_the_first_key_is_made()
    {
        using var shell = new Shell();
        var hook = Hooks["postprovision", "posix"];
        var (exitCode, output) = await shell.RunAsync(hook["shell"].Text!, hook["run"].Text!);
        (exitCode, shell.Calls.Count).ShouldBe((0, 0));
        var guide = Repository.Read("docs/guides/deploy.md");
        foreach (var line in output.Split('\n').Where(line => line.StartsWith("  ", StringComparison.Ordinal)))
            guide.ShouldContain(line.Trim());
        var windows = Hooks["postprovision", "windows"]["run"].Text!;
        foreach (var text in new[] { output, windows })
        {
            text.ShouldContain("/host/keys/owner");
            var key = JsonNode.Parse(Regex.Match(text, @"\{""rights"".*?\]\}").Value)!;
            key["rights"]!.AsArray().Select(r => RightNames.Parse(r!.GetValue<string>())).ShouldBe([Rights.Manage, Rights.Keys]);
            key["resources"]!.AsArray().ShouldHaveSingleItem()!.GetValue<string>().ShouldBe("*");
        }
    }

    private static Yaml Hooks { get; } = Yaml.Load(Path.Combine(Repository.Root, "azure.yaml"))["hooks"];

    private static string Value(string key) =>
        Regex.Match(AzureYaml, $@"^\s+{key}: (?<value>\S+)$", RegexOptions.Multiline).Groups["value"].Value;

    [GeneratedRegex(@"^services:\n  (?<name>\w+):", RegexOptions.Multiline)]
    private static partial Regex Service();

    [GeneratedRegex(@"options: \[(?<names>[^\]]+)\]")]
    private static partial Regex Options();

    [GeneratedRegex(@"sed -i ""s/(?<pattern>[^/]+)/  module: \$PARAMETERS/"" azure\.yaml")]
    private static partial Regex Replacement();

    [GeneratedRegex(@"readEnvironmentVariable\('(?<name>[^']+)'")]
    private static partial Regex Variable();
}
