using System.Diagnostics;
using System.Reflection;
using System.Text.RegularExpressions;

namespace FuncQueue.Infra.Tests.Support;

/// <summary>The Bicep CLI that NuGet brought. It needs no network: the resource types are built into it.</summary>
public static partial class BicepCli
{
    /// <summary>The deployment that predictions are made for; snapshots hold these values.</summary>
    public static IReadOnlyDictionary<string, string> Deployment { get; } =
        new Dictionary<string, string>
        {
            ["tenant-id"] = "00000000-0000-0000-0000-000000000002",
            ["subscription-id"] = "00000000-0000-0000-0000-000000000001",
            ["location"] = "westeurope",
            ["deployment-name"] = "funcqueue",
        };

    private static readonly string Program = typeof(BicepCli)
        .Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(a => a.Key == "BicepPath")
        .Value!.Replace('\\', '/');

    /// <summary>Runs the CLI to its end.</summary>
    public static async Task<(int ExitCode, string Output, string Errors)> RunAsync(params string[] arguments)
    {
        using var process = Start(arguments);
        process.StandardInput.Close();
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, await output, await errors);
    }

    /// <summary>Starts the CLI without the variables that parameter files read: what a machine has set must not show in results.</summary>
    public static Process Start(params string[] arguments)
    {
        var start = new ProcessStartInfo(Program, arguments)
        {
            WorkingDirectory = InfraFolder.Path,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var file in Directory.GetFiles(InfraFolder.Path, "*.bicepparam"))
        {
            foreach (Match variable in Variable().Matches(File.ReadAllText(file)))
                start.Environment.Remove(variable.Groups["name"].Value);
        }

        return Process.Start(start)!;
    }

    [GeneratedRegex(@"readEnvironmentVariable\('(?<name>[^']+)'")]
    private static partial Regex Variable();
}
