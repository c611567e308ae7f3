using System.Text.RegularExpressions;

namespace FuncQueue.Infra.Tests;

/// <summary>Parameter files: what they lead to is committed, and a wrong value fails before anything is deployed.</summary>
public sealed class ParameterTests(BicepServer bicep)
{
    public static TheoryData<string> ParameterFiles => InfraFolder.ParameterFiles;

    [Fact]
    public void There_is_one_file_for_each_kind_of_environment() =>
        ParameterFiles.Select(row => row.Data).ShouldBe(["dev", "prod", "prod-private"], ignoreOrder: true);

    [Theory]
    [MemberData(nameof(ParameterFiles))]
    public async Task The_committed_snapshot_is_what_the_files_lead_to(string file)
    {
        var path = InfraFolder.File(file + ".bicepparam");
        var (exitCode, output, errors) = await SnapshotAsync(path, "validate");
        if (exitCode != 0 && GeneratedDocuments.AreWritten)
            (exitCode, output, errors) = await SnapshotAsync(path, "overwrite");
        exitCode.ShouldBe(0, $"{output}{errors}\n{GeneratedDocuments.Remedy}");
    }

    [Fact]
    public async Task A_change_shows_against_the_snapshot()
    {
        using var copy = new InfraCopy();
        var module = copy.File("modules/storageAccount.bicep");
        await File.WriteAllTextAsync(
            module,
            (await File.ReadAllTextAsync(module, TestContext.Current.CancellationToken)).Replace(
                "allowSharedKeyAccess: false",
                "allowSharedKeyAccess: true",
                StringComparison.Ordinal
            ),
            TestContext.Current.CancellationToken
        );
        var (exitCode, output, errors) = await SnapshotAsync(copy.File("dev.bicepparam"), "validate");
        exitCode.ShouldBe(1);
        (output + errors).ShouldContain("allowSharedKeyAccess");
    }

    [Theory]
    [InlineData("instanceMemoryMB", "512", "1024")]
    [InlineData("instanceMemoryMB", "512", "'512'")]
    [InlineData("dataAccountCount", "1", "0")]
    [InlineData("dataAccountCount", "1", "17")]
    [InlineData("maximumInstanceCount", "40", "39")]
    [InlineData("maximumInstanceCount", "40", "1001")]
    [InlineData("httpConcurrency", "100", "0")]
    [InlineData("zoneRedundant", "false", "'no'")]
    [InlineData("dataRedundancy", "'Standard_LRS'", "'Premium_LRS'")]
    [InlineData("oldestMessageAgeSeconds", "3600", "5")]
    [InlineData("serverErrorPercent", "5", "101")]
    [InlineData("environmentName", "readEnvironmentVariable('AZURE_ENV_NAME', 'funcqueue-dev')", "''")]
    public async Task A_wrong_parameter_fails_at_build_with_a_message_that_points_at_it(string parameter, string right, string wrong)
    {
        using var copy = new InfraCopy();
        var lines = await File.ReadAllLinesAsync(copy.File("dev.bicepparam"), TestContext.Current.CancellationToken);
        var line = Array.FindIndex(lines, l => Regex.IsMatch(l, $@"^\s*(param )?{parameter}( =|:) {Regex.Escape(right)}$"));
        line.ShouldBeGreaterThanOrEqualTo(0);
        lines[line] = lines[line].Replace(right, wrong, StringComparison.Ordinal);
        await copy.WriteAsync("dev.bicepparam", string.Join('\n', lines) + "\n");
        var (success, diagnostics) = await bicep.BuildParametersAsync(copy.File("dev.bicepparam"));
        success.ShouldBeFalse();
        // The message begins with the file and the line, on which the parameter has its name.
        var error = diagnostics.Where(d => d.Level == "Error").ShouldHaveSingleItem();
        error.Source.ShouldEndWith("dev.bicepparam");
        lines[error.Line].ShouldContain(parameter);
    }

    [Fact]
    public async Task A_missing_part_of_a_parameter_fails_at_build_with_a_message_that_names_it()
    {
        using var copy = new InfraCopy();
        var lines = await File.ReadAllLinesAsync(copy.File("dev.bicepparam"), TestContext.Current.CancellationToken);
        await copy.WriteAsync(
            "dev.bicepparam",
            string.Join('\n', lines.Where(l => !l.Contains("sweepStorage", StringComparison.Ordinal))) + "\n"
        );
        var (exitCode, _, errors) = await BicepCli.RunAsync("build-params", copy.File("dev.bicepparam"), "--stdout");
        exitCode.ShouldNotBe(0);
        errors.ShouldContain("\"sweepStorage\"");
    }

    private static Task<(int ExitCode, string Output, string Errors)> SnapshotAsync(string path, string mode) =>
        BicepCli.RunAsync([
            "snapshot",
            path,
            "--mode",
            mode,
            .. BicepCli.Deployment.SelectMany(option => new[] { "--" + option.Key, option.Value }),
        ]);
}
