using FuncQueue.WorkerHost;

namespace FuncQueue.Worker.Tests.Support;

/// <summary>
/// The published app on the real worker, behind the stand-in for its host. In the suites shared with tests/App and tests/Sqs it takes the
/// place of the process that those start.
/// </summary>
public sealed class WorkerApp : IAsyncDisposable
{
    private WorkerApp(StandInHost host) => Host = host;

    public StandInHost Host { get; }

    public string Address => Host.Address;

    public string Output => Host.Log.Text;

    /// <summary>
    /// The errors in the log, but for those of the worker's own coordinator when a caller left before the worker had both the request and
    /// its invocation: then no function has been called.
    /// </summary>
    public IEnumerable<string> Faults =>
        Host.Log.Entries.Where(entry =>
            (entry.StartsWith("fail:", StringComparison.Ordinal) || entry.StartsWith("crit:", StringComparison.Ordinal))
            && !entry.Contains("cancelled while waiting for", StringComparison.Ordinal)
            && !entry.Contains("waiting for the function start call", StringComparison.Ordinal)
        );

    /// <summary>The worker's process.</summary>
    public int Id => Host.WorkerProcessId;

    public long PeakMebibytes => Host.WorkerPeakMebibytes;

    /// <summary>Starts the app with these settings beside those that every deployment has.</summary>
    public static async Task<WorkerApp> StartAsync(IReadOnlyDictionary<string, string?> environment) =>
        new(await StandInHost.StartAsync(PublishedApp.Options(environment)));

    /// <summary>Runs an app that ends by itself; its exit code and all it said.</summary>
    public static Task<(int ExitCode, string Output)> RunAsync(
        IReadOnlyDictionary<string, string?> environment,
        params string[] arguments
    ) => StandInHost.RunToEndAsync(PublishedApp.Options(environment));

    public ValueTask DisposeAsync() => Host.DisposeAsync();
}
