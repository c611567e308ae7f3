using System.Diagnostics;
using System.Globalization;

namespace FuncQueue.Tests.Support;

/// <summary>Signals to processes that tests have started. Not on Windows.</summary>
public static class Signals
{
    /// <summary>As a supervisor stops a process.</summary>
    public static Task TerminateAsync(int process) => SendAsync("-TERM", process);

    /// <summary>
    /// As Ctrl+C does. A shell that runs the tests in the background has them and what they start ignore that signal; then as a supervisor
    /// does, which takes the same way through the program.
    /// </summary>
    public static async Task InterruptAsync(int process) => await SendAsync(await IgnoresInterruptAsync() ? "-TERM" : "-INT", process);

    /// <summary>Stops the process where it stands, between two instructions.</summary>
    public static Task PauseAsync(int process) => SendAsync("-STOP", process);

    /// <summary>Lets it go on.</summary>
    public static Task ContinueAsync(int process) => SendAsync("-CONT", process);

    private static async Task SendAsync(string signal, int process)
    {
        using var kill = Process.Start("kill", [signal, process.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
    }

    private static async Task<bool> IgnoresInterruptAsync()
    {
        const string status = "/proc/self/status";
        if (!File.Exists(status))
            return false;
        var ignored = (await File.ReadAllLinesAsync(status))
            .First(line => line.StartsWith("SigIgn:", StringComparison.Ordinal))["SigIgn:".Length..]
            .Trim();
        return (Convert.ToUInt64(ignored, 16) & 0b10) != 0;
    }
}
