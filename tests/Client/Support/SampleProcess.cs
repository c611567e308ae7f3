using System.Diagnostics;

namespace FuncQueue.Client.Tests.Support;

/// <summary>A sample as a process of its own, and what it said.</summary>
internal sealed class SampleProcess : IAsyncDisposable
{
    private static readonly TimeSpan Generous = TimeSpan.FromSeconds(120);

    private readonly Process process;
    private readonly List<string> lines = [];

    private SampleProcess(Process process)
    {
        this.process = process;
        process.OutputDataReceived += Read;
        process.ErrorDataReceived += Read;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (lines)
                return [.. lines];
        }
    }

    public static SampleProcess Start(string sample, IReadOnlyDictionary<string, string?> environment, params string[] arguments)
    {
        var build = AppContext.BaseDirectory.Split(Path.DirectorySeparatorChar).Contains("Release") ? "Release" : "Debug";
        var program = Path.Combine(Repository.Root, "samples", sample, "bin", build, "net10.0", $"FuncQueue.Samples.{sample}.dll");
        return Start(new ProcessStartInfo("dotnet", [program, .. arguments]), environment);
    }

    /// <summary>A sample that is a program of its own.</summary>
    public static SampleProcess StartProgram(string program, IReadOnlyDictionary<string, string?> environment) =>
        Start(new ProcessStartInfo(program), environment);

    private static SampleProcess Start(ProcessStartInfo start, IReadOnlyDictionary<string, string?> environment)
    {
        (start.RedirectStandardOutput, start.RedirectStandardError) = (true, true);
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        return new(Process.Start(start)!);
    }

    public int CountOf(string text) => Lines.Count(line => line.Contains(text, StringComparison.Ordinal));

    /// <summary>As an orchestrator stops it; returns its exit code.</summary>
    public async Task<int> TerminateAsync()
    {
        await Signals.TerminateAsync(process.Id);
        await process.WaitForExitAsync().WaitAsync(Generous);
        return process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
            process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
    }

    private void Read(object sender, DataReceivedEventArgs line)
    {
        if (line.Data is null)
            return;
        lock (lines)
            lines.Add(line.Data);
    }
}
