using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;

namespace FuncQueue.Cli.Tests.Support;

/// <summary>What a program has written to its terminal, without what commands the terminal, runs of blanks as two.</summary>
internal sealed partial class Screen
{
    private static readonly TimeSpan Generous = TimeSpan.FromMinutes(2);

    private readonly Process process;
    private readonly StringBuilder written = new();
    private readonly Task reading;

    public Screen(Process process)
    {
        this.process = process;
        reading = ReadAsync();
    }

    private string Text
    {
        get
        {
            lock (written)
                return Blanks().Replace(Commands().Replace(written.ToString(), ""), "  ");
        }
    }

    public async Task ShowsAsync(string text)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (!Text.Contains(text, StringComparison.Ordinal))
        {
            if (TimeProvider.System.GetElapsedTime(began) > Generous || process.HasExited)
                throw new TimeoutException($"In vain: {text} in {Text}");
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        }
    }

    /// <summary>Its exit code.</summary>
    public async Task<int> EndAsync()
    {
        await process.WaitForExitAsync().WaitAsync(Generous);
        await reading;
        return process.ExitCode;
    }

    private async Task ReadAsync()
    {
        var buffer = new char[4096];
        while (await process.StandardOutput.ReadAsync(buffer) is > 0 and var read)
        {
            lock (written)
                written.Append(buffer, 0, read);
        }
    }

    // ECMA-48: control sequences, which a CSI begins.
    [GeneratedRegex(@"\e\[[0-?]*[ -/]*[@-~]")]
    private static partial Regex Commands();

    [GeneratedRegex(" {2,}")]
    private static partial Regex Blanks();
}
