using System.Diagnostics;
using System.Net.Sockets;

namespace FuncQueue.Benchmarks.Runs;

/// <summary>Processes that end when this does.</summary>
internal sealed class Started : IDisposable
{
    private readonly List<StartedProcess> all = [];

    public StartedProcess Add(string program, IEnumerable<string> arguments, params IEnumerable<(string Name, string Value)> environment)
    {
        var process = new StartedProcess(program, arguments, environment);
        all.Add(process);
        return process;
    }

    /// <summary>As <see cref="Add"/>, of a script that does not pass on the request to stop.</summary>
    public StartedProcess AddScript(string program, params IEnumerable<(string Name, string Value)> environment)
    {
        var process = new StartedProcess(program, [], environment) { LeavesChildren = true };
        all.Add(process);
        return process;
    }

    /// <summary>As another user; null: as this one.</summary>
    public StartedProcess AddAs(string? user, string program, params IEnumerable<string> arguments) =>
        user is null ? Add(program, arguments) : Add("runuser", ["-u", user, "--", program, .. arguments]);

    public async Task RunAsync(string? user, string program, params IEnumerable<string> arguments) =>
        await AddAs(user, program, arguments).EndedWellAsync();

    public void Dispose()
    {
        foreach (var process in Enumerable.Reverse(all))
            process.Dispose();
    }
}

internal sealed class StartedProcess : IDisposable
{
    private static readonly TimeSpan StopTime = TimeSpan.FromSeconds(15);

    private readonly Process process;
    private readonly string program;
    private readonly List<string> output = [];

    public StartedProcess(string program, IEnumerable<string> arguments, IEnumerable<(string Name, string Value)> environment)
    {
        this.program = program;
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        process = Process.Start(start)!;
        process.OutputDataReceived += (_, line) => Read(line.Data);
        process.ErrorDataReceived += (_, line) => Read(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>A script that leaves its children behind when it is asked to stop: then all are ended at once.</summary>
    public bool LeavesChildren { get; init; }

    public async Task EndedWellAsync()
    {
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{program} failed: {Said()}");
    }

    public async Task ListensAsync(int port, TimeSpan patience)
    {
        for (var began = TimeProvider.System.GetTimestamp(); ; )
        {
            using var client = new TcpClient();
            try
            {
                await client.ConnectAsync("127.0.0.1", port);
                return;
            }
            catch (SocketException) when (!process.HasExited && TimeProvider.System.GetElapsedTime(began) < patience)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
            }
            catch (SocketException)
            {
                throw new InvalidOperationException($"{program} did not start: {Said()}");
            }
        }
    }

    public void Dispose()
    {
        if (LeavesChildren)
        {
            process.Kill(entireProcessTree: true);
        }
        else if (!process.HasExited)
        {
            // As a supervisor would; with its children, if it does not.
            using (var kill = Process.Start("kill", ["-TERM", process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]))
                kill.WaitForExit();
            if (!process.WaitForExit(StopTime))
                process.Kill(entireProcessTree: true);
        }

        process.Dispose();
    }

    private void Read(string? line)
    {
        lock (output)
        {
            if (line is not null && output.Count < 50)
                output.Add(line);
        }
    }

    private string Said()
    {
        lock (output)
            return string.Join('\n', output);
    }
}
