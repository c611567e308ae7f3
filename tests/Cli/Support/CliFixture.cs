using System.Diagnostics;
using FuncQueue.LocalHost.Azurite;

[assembly: AssemblyFixture(typeof(FuncQueue.Cli.Tests.Support.CliFixture))]

namespace FuncQueue.Cli.Tests.Support;

/// <summary>An app for the program to talk to, and the program as a user runs it: a process of its own.</summary>
public sealed class CliFixture : IAsyncLifetime
{
    private static readonly TimeSpan Generous = TimeSpan.FromMinutes(5);

    private AzuriteServer? azurite;
    private AppProcess? app;

    public string Address => app!.Address;

    /// <summary>Where contexts of these tests stand, not those of who runs them.</summary>
    public string Config { get; } = Path.Combine(Path.GetTempPath(), $"funcqueue-{Guid.NewGuid():N}", "contexts.json");

    /// <summary>Where its own build put it, with what it needs: these tests have the packages of another framework.</summary>
    public static string Program => Path.Combine(Repository.Root, "clients", "Cli", "bin", Configuration, "net10.0", "funcqueue.dll");

    private static string Configuration =>
        AppContext.BaseDirectory.Split(Path.DirectorySeparatorChar).Contains("Release") ? "Release" : "Debug";

    public async ValueTask InitializeAsync()
    {
        azurite = await AzuriteServer.StartForTestsAsync();
        app = await AppProcess.StartAsync(new Dictionary<string, string?> { ["FuncQueueStorage"] = azurite.ConnectionString });
    }

    public async ValueTask DisposeAsync()
    {
        if (app is not null)
            await app.DisposeAsync();
        if (azurite is not null)
            await azurite.DisposeAsync();
        if (Directory.Exists(Path.GetDirectoryName(Config)))
            Directory.Delete(Path.GetDirectoryName(Config)!, recursive: true);
    }

    /// <summary>Another app, with a registry of its own.</summary>
    public Task<AppProcess> StartAppAsync() =>
        AppProcess.StartAsync(
            new Dictionary<string, string?>
            {
                ["FuncQueueStorage"] = azurite!.ConnectionString,
                ["FuncQueue__RegistryTable"] = $"r{Guid.NewGuid():N}",
            }
        );

    /// <summary>Runs the program to its end, piped.</summary>
    public Task<Ran> RunAsync(params string[] arguments) => RunAsync("", arguments);

    public async Task<Ran> RunAsync(string input, string[] arguments)
    {
        using var process = Start(arguments);
        return await EndAsync(process, input);
    }

    public Process Start(string[] arguments) => Start("dotnet", [Program, .. arguments], Environment());

    /// <summary>Starts the program in a folder, with settings of its own.</summary>
    public static Process StartIn(string folder, string[] arguments, IReadOnlyDictionary<string, string?> environment) =>
        Start("dotnet", [Program, .. arguments], environment, folder);

    /// <summary>Runs the program to its end, piped, against another server.</summary>
    public static async Task<Ran> RunAtAsync(string address, params string[] arguments)
    {
        using var process = Start("dotnet", [Program, .. arguments], new Dictionary<string, string?> { ["FUNCQUEUE_ENDPOINT"] = address });
        return await EndAsync(process, "");
    }

    /// <summary>Runs the program on a terminal of util-linux's script, which ends with its exit code.</summary>
    public async Task<Ran> RunOnTerminalAsync(string command, bool noColor = false)
    {
        using var process = StartOnTerminal(command, noColor);
        return await EndAsync(process, "");
    }

    public Process StartOnTerminal(string command, bool noColor = false)
    {
        var environment = Environment();
        environment["NO_COLOR"] = noColor ? "1" : null;
        return Start("script", ["-qec", $"stty cols 160; dotnet '{Program}' {command}", "/dev/null"], environment);
    }

    public static async Task<Ran> EndAsync(Process process, string input)
    {
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        await process.WaitForExitAsync().WaitAsync(Generous);
        return new(process.ExitCode, await output, await errors);
    }

    private Dictionary<string, string?> Environment() => new() { ["FUNCQUEUE_ENDPOINT"] = Address, ["FUNCQUEUE_CONFIG"] = Config };

    private static Process Start(
        string program,
        string[] arguments,
        IReadOnlyDictionary<string, string?> environment,
        string? folder = null
    )
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder ?? "",
        };
        start.Environment["TERM"] = "xterm-256color";
        start.Environment.Remove("CI");
        start.Environment.Remove("NO_COLOR");
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        return Process.Start(start)!;
    }
}
