using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace FuncQueue.LocalHost.Azurite;

/// <summary>Finds the repository's Azurite, and installs it with npm where it is missing.</summary>
internal static class AzuriteInstallation
{
    private const int MinNodeVersion = 20;

    public static string Script(string root) => Path.Combine(root, "node_modules", "azurite", "dist", "src", "azurite.js");

    /// <summary>The folder above the current one, or above the program, that has azurite.json.</summary>
    public static string FindRoot()
    {
        foreach (var start in new[] { Environment.CurrentDirectory, AppContext.BaseDirectory })
        {
            for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent)
            {
                if (
                    File.Exists(Path.Combine(folder.FullName, "azurite.json"))
                    && File.Exists(Path.Combine(folder.FullName, "package-lock.json"))
                )
                    return folder.FullName;
            }
        }

        throw new StartUpException(
            "No azurite.json was found. Run this inside the repository, or set FuncQueueStorage to a storage connection."
        );
    }

    /// <summary>
    /// Checks Node.js and installs Azurite unless it is there. Several processes may do so at once: one installs, the others wait.
    /// </summary>
    public static async Task EnsureAsync(string root, TextWriter progress)
    {
        var version = await RunAsync(root, "node", "--version");
        if (version is null || version.Value.Exit != 0)
            throw new StartUpException(
                "Node.js was not found. Install Node.js 20 or later for the local storage, or set FuncQueueStorage to a storage connection."
            );
        if (
            !int.TryParse(version.Value.Output.TrimStart('v').Split('.')[0], CultureInfo.InvariantCulture, out var major)
            || major < MinNodeVersion
        )
            throw new StartUpException(
                $"Node.js {version.Value.Output.Trim()} is too old: the local storage needs {MinNodeVersion} or later."
            );
        if (File.Exists(Script(root)))
            return;
        await using var turn = await TakeTurnAsync(Path.Combine(root, ".azurite-install.lock"));
        if (File.Exists(Script(root)))
            return;
        await progress.WriteLineAsync("Installing Azurite, the local storage (npm ci; once, about a minute) ...");
        await progress.FlushAsync();
        var npm = OperatingSystem.IsWindows() ? "npm.cmd" : "npm";
        var installed = await RunAsync(root, npm, "ci", "--no-audit", "--no-fund", "--loglevel=error");
        if (installed is null)
            throw new StartUpException(
                "npm was not found. Install Node.js 20 or later with npm, or set FuncQueueStorage to a storage connection."
            );
        if (installed.Value.Exit != 0 || !File.Exists(Script(root)))
            throw new StartUpException($"npm ci failed in {root}: {installed.Value.Output.Trim().Split('\n')[^1]}");
    }

    private static async Task<FileStream> TakeTurnAsync(string file)
    {
        for (var attempt = 0; attempt < 3000; attempt++)
        {
            try
            {
                return new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose);
            }
            catch (IOException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
            }
        }

        throw new StartUpException($"Another process has been installing Azurite for minutes. Remove {file} if there is none.");
    }

    /// <summary>Runs a program to its end; null when there is no such program.</summary>
    private static async Task<(int Exit, string Output)?> RunAsync(string folder, string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(
                new ProcessStartInfo(program, arguments)
                {
                    WorkingDirectory = folder,
                    RedirectStandardOutput = true,
                    RedirectStandardError = true,
                }
            )!;
            var output = process.StandardOutput.ReadToEndAsync();
            var error = process.StandardError.ReadToEndAsync();
            await process.WaitForExitAsync();
            return (process.ExitCode, await output + await error);
        }
        catch (Win32Exception)
        {
            return null;
        }
    }
}
