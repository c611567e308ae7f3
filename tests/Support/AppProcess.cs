using System.Diagnostics;
using System.Text.RegularExpressions;

namespace FuncQueue.Tests.Support;

/// <summary>The function app as a user runs it: a process of its own, reached over HTTP.</summary>
public sealed partial class AppProcess : IAsyncDisposable
{
    private static readonly TimeSpan Generous = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan GenerousForBuilds = TimeSpan.FromMinutes(10);

    private readonly Process process;
    private readonly List<string> output = [];
    private readonly List<string> errors = [];
    private readonly TaskCompletionSource<string> address = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private AppProcess(IReadOnlyDictionary<string, string?> environment, IEnumerable<string> arguments, string? folder = null)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder ?? "",
        };
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        process = Process.Start(start)!;
        process.OutputDataReceived += (_, line) => Read(line.Data);
        process.ErrorDataReceived += (_, line) =>
        {
            Read(line.Data);
            if (line.Data is not null)
                errors.Add(line.Data);
        };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public string Output
    {
        get
        {
            lock (output)
                return string.Join('\n', output);
        }
    }

    public int Id => process.Id;

    /// <summary>The most memory that was ever resident, in MiB.</summary>
    public long PeakMebibytes
    {
        get
        {
            process.Refresh();
            return process.PeakWorkingSet64 / 1024 / 1024;
        }
    }

    public string Address => address.Task.Result;

    /// <summary>Starts the app on a free port, in a folder or in the tests' own, and waits until it listens.</summary>
    public static Task<AppProcess> StartAsync(IReadOnlyDictionary<string, string?> environment, string? folder = null) =>
        StartedAsync(new AppProcess(environment, [Program, "--urls", "http://127.0.0.1:0"], folder), Generous);

    /// <summary>Builds and starts a project as <c>dotnet run</c> does, and waits until it listens.</summary>
    public static Task<AppProcess> RunProjectAsync(string project, IReadOnlyDictionary<string, string?> environment)
    {
        var clean = OuterBuild.Unset.Concat(environment).ToDictionary();
        return StartedAsync(
            new AppProcess(clean, ["run", "--project", project, "--configuration", Configuration, "--", "--urls", "http://127.0.0.1:0"]),
            GenerousForBuilds
        );
    }

    private static string Program => Path.Combine(AppContext.BaseDirectory, "FuncQueue.Functions.dll");

    /// <summary>That of this build, so that nothing is to be built.</summary>
    private static string Configuration =>
        AppContext.BaseDirectory.Split(Path.DirectorySeparatorChar).Contains("Release") ? "Release" : "Debug";

    private static async Task<AppProcess> StartedAsync(AppProcess app, TimeSpan deadline)
    {
        var exited = app.process.WaitForExitAsync();
        if (await Task.WhenAny(app.address.Task, exited, Task.Delay(deadline, TimeProvider.System)) == app.address.Task)
            return app;
        var said = app.Output;
        await app.DisposeAsync();
        throw new InvalidOperationException($"The app did not start: {said}");
    }

    /// <summary>Runs the app to its end; its exit code and all it said.</summary>
    public static Task<(int ExitCode, string Output)> RunAsync(
        IReadOnlyDictionary<string, string?> environment,
        params string[] arguments
    ) => RunInAsync(null, environment, arguments);

    /// <summary>As above; its exit code, and the lines it wrote to stderr.</summary>
    public static async Task<(int ExitCode, IReadOnlyList<string> Errors)> RunForErrorsAsync(
        IReadOnlyDictionary<string, string?> environment,
        params string[] arguments
    )
    {
        await using var app = new AppProcess(environment, [Program, .. arguments]);
        await app.process.WaitForExitAsync().WaitAsync(Generous);
        return (app.process.ExitCode, app.errors);
    }

    /// <summary>Runs the app to its end in a folder; its exit code and all it said.</summary>
    public static async Task<(int ExitCode, string Output)> RunInAsync(
        string? folder,
        IReadOnlyDictionary<string, string?> environment,
        params string[] arguments
    )
    {
        await using var app = new AppProcess(environment, [Program, .. arguments], folder);
        await app.process.WaitForExitAsync().WaitAsync(Generous);
        return (app.process.ExitCode, app.Output);
    }

    /// <summary>As Ctrl+C does; its exit code.</summary>
    public async Task<int> InterruptAsync()
    {
        await Signals.InterruptAsync(process.Id);
        await process.WaitForExitAsync().WaitAsync(Generous);
        return process.ExitCode;
    }

    public void Kill()
    {
        process.Kill();
        // Left running until it is gone, it would take what it started along when it is disposed.
        process.WaitForExit();
    }

    /// <summary>
    /// Stops the process where it stands, between two instructions; <see cref="ContinueAsync"/> lets it go on. Not on Windows.
    /// </summary>
    public Task PauseAsync() => Signals.PauseAsync(process.Id);

    public Task ContinueAsync() => Signals.ContinueAsync(process.Id);

    public async ValueTask DisposeAsync()
    {
        // The tree: what dotnet run started is no longer its child once that has gone.
        if (!process.HasExited)
            process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();
        process.Dispose();
    }

    private void Read(string? line)
    {
        if (line is null)
            return;
        lock (output)
            output.Add(line);
        if (Listening().Match(line) is { Success: true } match)
            address.TrySetResult(match.Groups["address"].Value);
    }

    [GeneratedRegex(@"FuncQueue listens on (?<address>http://\S+)")]
    private static partial Regex Listening();
}
