using System.Diagnostics;

namespace FuncQueue.Infra.Tests.Support;

/// <summary>Runs scripts of workflows and hooks with stand-ins for the programs that they call.</summary>
public sealed class Shell : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("funcqueue-shell-").FullName;

    /// <summary>The calls of stand-ins, in their order, with their arguments.</summary>
    public IReadOnlyList<string> Calls =>
        File.Exists(Path.Combine(folder, "calls")) ? File.ReadAllLines(Path.Combine(folder, "calls")) : [];

    /// <summary>
    /// Puts a program of this name before others; it notes its call and ends with the exit code that is due, or with 0 after them.
    /// </summary>
    public void StandIn(string program, params int[] exitCodes)
    {
        var file = Path.Combine(folder, program);
        File.WriteAllText(
            file,
            $"""
            #!/bin/sh
            echo "{program}" "$@" >>"{folder}/calls"
            turn=$(grep -c "^{program} " "{folder}/calls")
            set -- {string.Join(' ', exitCodes)}
            [ "$turn" -le $# ] || exit 0
            shift $((turn - 1))
            exit "$1"
            """
        );
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    /// <summary>Runs a script as a workflow or azd would, to its end.</summary>
    public async Task<(int ExitCode, string Output)> RunAsync(
        string shell,
        string script,
        params (string Name, string? Value)[] environment
    )
    {
        string[] options = shell == "bash" ? ["--noprofile", "--norc", "-eo", "pipefail"] : [];
        var start = new ProcessStartInfo(shell, [.. options, "-c", script]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["PATH"] = folder + Path.PathSeparator + Environment.GetEnvironmentVariable("PATH");
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, await output + await errors);
    }

    /// <summary>What bash has to say of a script without running it; empty when it can be read.</summary>
    public static async Task<string> CheckAsync(string script)
    {
        var start = new ProcessStartInfo("bash", ["-n"]) { RedirectStandardInput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        await process.StandardInput.WriteAsync(script);
        process.StandardInput.Close();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return process.ExitCode == 0 ? "" : $"{process.ExitCode}: {await errors}";
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);
}
