using System.Text.RegularExpressions;
using FuncQueue.Functions.Settings;

namespace FuncQueue.App.Tests;

/// <summary>Settings that would make secrets of what is none: the app does not start with them, and says which.</summary>
public sealed partial class SettingsCheckTests(AppFixture app)
{
    private const string Reference = "@Microsoft.KeyVault(SecretUri=https://vault.example/secrets/orders)";

    public static TheoryData<string, string, string> Refused =>
        new()
        {
            { "FuncQueueSqs__Keys__0__SecretAccessKey", Reference, "is a Key Vault reference that could not be resolved" },
            { "APPLICATIONINSIGHTS_CONNECTION_STRING", Reference, "is a Key Vault reference that could not be resolved" },
            {
                "SOMETHING_OF_NOBODY",
                " @microsoft.keyvault(VaultName=v;SecretName=s)",
                "is a Key Vault reference that could not be resolved"
            },
            { "LocalHost__HostKey", "fifteen bytes..", "must be at least 16 bytes long" },
            {
                "FuncQueueSqs__Keys__0__SecretAccessKey",
                "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
                "is an example from public documentation"
            },
        };

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task The_app_does_not_start_and_one_line_names_the_setting_but_not_its_value(string setting, string value, string says)
    {
        // Both ways of running: LocalHost, and as the worker of a Functions host, which is not reached.
        string[] local = ["--urls", "http://127.0.0.1:0"];
        string[] worker =
        [
            "--functions-uri",
            "http://127.0.0.1:1",
            "--functions-worker-id",
            "w",
            "--functions-request-id",
            "r",
            "--functions-grpc-max-message-length",
            "1000000",
        ];
        foreach (var arguments in new[] { local, worker })
        {
            var (exitCode, errors) = await AppProcess.RunForErrorsAsync(app.Environment(new() { [setting] = value }), arguments);
            exitCode.ShouldBe(1);
            var line = errors.ShouldHaveSingleItem();
            line.ShouldStartWith($"The setting {setting} {says}");
            line.ShouldNotContain(value.Trim());
        }
    }

    [Theory]
    [InlineData("LocalHost:HostKey", "sixteen bytes...")]
    // Nine characters, of two bytes each.
    [InlineData("LocalHost:HostKey", "ÄÖÜäöüßÄÖ")]
    // No key is needed then.
    [InlineData("LocalHost:HostKey", "")]
    [InlineData("LocalHost:HostKey", null)]
    // Not at the beginning: a text about references.
    [InlineData("Note", "see @Microsoft.KeyVault(…)")]
    // What Azure itself says of references that it has resolved.
    [InlineData("WEBSITE_KEYVAULT_REFERENCES", """{"K":{"rawReference":"@Microsoft.KeyVault(SecretUri=https://v)","status":"Resolved"}}""")]
    // Short, and no secret.
    [InlineData("FuncQueueSqs:Keys:0:AccessKeyId", "ME")]
    public void What_can_be_used_is_left_alone(string key, string? value) => Fault((key, value)).ShouldBeNull();

    [Fact]
    public void Of_several_the_first_by_name_is_told_under_the_name_that_it_was_given()
    {
        (string, string?)[] settings =
        [
            ("FuncQueueSqs:Keys:9:SecretAccessKey", "short"),
            ("FuncQueueSqs:Keys:10:SecretAccessKey", "short"),
            ("APPSETTING_A", Reference),
        ];
        Fault(settings).ShouldBe("The setting FuncQueueSqs__Keys__10__SecretAccessKey must be at least 16 bytes long.");
        // In the environment names have no case.
        Fault(("FUNCQUEUESQS:keys:0:secretaccesskey", "short")).ShouldNotBeNull();
    }

    [Fact]
    public void No_secret_that_a_document_of_ours_shows_would_be_taken()
    {
        var shown = Directory
            .GetFiles(Repository.Root, "README.md", SearchOption.TopDirectoryOnly)
            .Concat(Directory.GetFiles(Path.Combine(Repository.Root, "docs"), "*.md", SearchOption.AllDirectories))
            .SelectMany(file => Shown().Matches(File.ReadAllText(file)).Select(match => match.Groups["secret"].Value))
            .ToList();
        shown.ShouldContain("local");
        foreach (var secret in shown)
            SecretRule.Fault(secret).ShouldNotBeNull(secret);
    }

    private static string? Fault(params (string Key, string? Value)[] settings) =>
        SettingsCheck.Fault(settings.Select(s => KeyValuePair.Create(s.Key, s.Value)));

    [GeneratedRegex("(secret_?access_?key|host_?key)[\"']?\\s*[=:]\\s*[\"']?(?<secret>[^\\s\"',;`|]+)", RegexOptions.IgnoreCase)]
    private static partial Regex Shown();
}
