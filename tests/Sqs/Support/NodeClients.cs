using System.Diagnostics;

namespace FuncQueue.Sqs.Tests.Support;

/// <summary>The AWS clients for JavaScript in <c>clients</c>, installed by the first test that needs them.</summary>
public static class NodeClients
{
    private static readonly string[] Packages = ["@aws-sdk/client-sns", "@aws-sdk/client-sqs", "client-sqs-query", "cloudevents"];

    private static readonly Lazy<Task> Installed = new(InstallAsync);

    /// <summary>Where the clients are.</summary>
    public static string Folder { get; } = Path.Combine(Repository.Root, "tests", "Sqs", "clients");

    /// <summary>Runs a script to its end; its exit code and all it printed.</summary>
    public static async Task<(int ExitCode, string Output)> RunAsync(string script, params string[] arguments)
    {
        await Installed.Value;
        return await StartAsync("node", [Path.Combine(Folder, script), .. arguments]);
    }

    /// <summary>A folder of a client.</summary>
    public static async Task<string> FolderOfAsync(string package, string folder)
    {
        await Installed.Value;
        return Path.Combine([Folder, "node_modules", .. package.Split('/'), folder]);
    }

    private static async Task InstallAsync()
    {
        if (Packages.All(package => File.Exists(Path.Combine([Folder, "node_modules", .. package.Split('/'), "package.json"]))))
            return;
        var (exitCode, output) = await StartAsync(
            OperatingSystem.IsWindows() ? "npm.cmd" : "npm",
            ["ci", "--no-audit", "--no-fund", "--loglevel=error"]
        );
        if (exitCode != 0)
            throw new InvalidOperationException($"npm ci failed in {Folder}: {output}");
    }

    private static async Task<(int ExitCode, string Output)> StartAsync(string program, IEnumerable<string> arguments)
    {
        using var process = Process.Start(
            new ProcessStartInfo(program, arguments)
            {
                WorkingDirectory = Folder,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return (process.ExitCode, await output + await errors);
    }
}
