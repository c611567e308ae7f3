using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using FuncQueue.Cli.CommandLine;

namespace FuncQueue.Cli.Commands;

internal static class DevCommand
{
    public static Command Make()
    {
        var urls = new Option<string>("--urls")
        {
            Description = "Where to listen.",
            DefaultValueFactory = _ => Contexts.Profile.LocalEndpoint,
        };
        return Commands.Make.Command(
            "dev",
            "In a clone of the repository: start the server, an Azurite that keeps messages, and the dashboard.",
            [urls],
            async (session, cancellation) =>
            {
                var root = FindRoot() ?? throw new UsageException("There is no FuncQueue.sln here or above: run it in a clone.");
                var arguments = new[] { "run", "--project", Path.Combine(root, "functions", "App"), "--", "--urls", session.Get(urls) };
                using var process = Process.Start(new ProcessStartInfo("dotnet", arguments))!;
                try
                {
                    await process.WaitForExitAsync(cancellation);
                }
                catch (OperationCanceledException)
                {
                    await TerminateAsync(process);
                    return ExitCode.Interrupted;
                }

                return process.ExitCode;
            }
        );
    }

    /// <summary>
    /// Waits until the server has stopped in order. Ctrl+C on a terminal has reached it, too; any other signal has reached this program
    /// alone.
    /// </summary>
    private static async Task TerminateAsync(Process process)
    {
        if (!OperatingSystem.IsWindows() && !process.HasExited)
        {
            var id = process.Id.ToString(CultureInfo.InvariantCulture);
            using var kill = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", $"kill -TERM {id} 2>/dev/null"]))!;
            await kill.WaitForExitAsync(CancellationToken.None);
        }

        await process.WaitForExitAsync(CancellationToken.None);
    }

    private static string? FindRoot()
    {
        for (var folder = new DirectoryInfo(Environment.CurrentDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "FuncQueue.sln")))
                return folder.FullName;
        }

        return null;
    }
}
