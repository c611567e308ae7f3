using System.Diagnostics;

namespace FuncQueue.Dashboard.Tests.Support;

/// <summary>The system's Chromium; it is installed where there is none, and if that cannot be done, tests fail.</summary>
internal static class Chromium
{
    private static readonly string[] Places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

    public static async Task<string> FindAsync()
    {
        if (Installed() is { } there)
            return there;
        await AptAsync("update");
        await AptAsync("install", "-y", "--no-install-recommends", "chromium", "fonts-dejavu-core");
        return Installed() ?? throw new InvalidOperationException("apt-get has installed chromium, and it is not there.");
    }

    private static string? Installed() => Places.FirstOrDefault(File.Exists);

    private static async Task AptAsync(params string[] arguments)
    {
        string[] command = ["apt-get", "-q", "-o", "DPkg::Lock::Timeout=600", .. arguments];
        if (Environment.UserName != "root")
            command = ["sudo", "-n", .. command];
        var start = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["DEBIAN_FRONTEND"] = "noninteractive";
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"The tests need a Chromium. {string.Join(' ', command)}: {await output}{await errors}");
    }
}
