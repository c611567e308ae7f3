using System.Diagnostics;
using System.Text.RegularExpressions;

namespace FuncQueue.Tidy.Tests.Code;

/// <summary>The formatter has the last word on layout; nobody argues about it.</summary>
public sealed partial class FormatTests
{
    [Fact]
    public async Task Code_is_as_the_formatter_writes_it()
    {
        // Installs the version that the repository names, where it is not there yet.
        var (restored, restore) = await DotnetAsync("tool", "restore");
        restored.ShouldBe(0, restore);
        var (formatted, check) = await DotnetAsync("csharpier", "check", ".");
        Unformatted().Matches(check).Select(line => line.Groups["path"].Value).ShouldBeEmpty("Run `dotnet csharpier format .` and commit.");
        formatted.ShouldBe(0, check);
    }

    private static async Task<(int ExitCode, string Output)> DotnetAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", arguments)
        {
            WorkingDirectory = Repository.Root,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, await output + await errors);
    }

    [GeneratedRegex(@"^Error \.?/?(?<path>\S+) - Was not formatted", RegexOptions.Multiline)]
    private static partial Regex Unformatted();
}
