using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace FuncQueue.LocalHost.Azurite;

/// <summary>
/// An Azurite process, the local stand-in for Azure Storage. Disposing stops it; so does the end of this process, however it ends.
/// </summary>
public sealed partial class AzuriteServer : IAsyncDisposable
{
    /// <summary>The connection that functions use; when it is configured, no Azurite is started.</summary>
    public const string ConnectionName = "FuncQueueStorage";

    // The well-known account of every Azurite; no secret.
    private const string Account = "devstoreaccount1";
    private const string Key = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    private static readonly TimeSpan StartTime = TimeSpan.FromSeconds(120);

    private readonly Process process;
    private readonly TimeSpan stopTime;

    private AzuriteServer(Process process, AzuriteOptions options, string location, IReadOnlyDictionary<string, Uri> services)
    {
        this.process = process;
        stopTime = options.StopTime;
        BlobServiceUri = new Uri(services["Blob"], Account);
        TableServiceUri = new Uri(services["Table"], Account);
        ConnectionString =
            $"DefaultEndpointsProtocol={BlobServiceUri.Scheme};AccountName={Account};AccountKey={Key};"
            + $"BlobEndpoint={BlobServiceUri};QueueEndpoint={services["Queue"]}{Account};TableEndpoint={TableServiceUri};";
        Description = options.InMemoryPersistence ? "Azurite, in memory" : $"Azurite, kept in {location}";
    }

    public string ConnectionString { get; }

    public Uri BlobServiceUri { get; }

    public Uri TableServiceUri { get; }

    /// <summary>For people.</summary>
    public string Description { get; }

    public int ProcessId => process.Id;

    /// <summary>Whether it did not stop in its time, so that it may have lost what it had acknowledged.</summary>
    public bool WasKilled { get; private set; }

    /// <summary>Starts Azurite as azurite.json says, installing it first where it is missing.</summary>
    public static Task<AzuriteServer> StartConfiguredAsync(TextWriter progress)
    {
        var root = AzuriteInstallation.FindRoot();
        return StartAsync(root, AzuriteOptions.Read(Path.Combine(root, "azurite.json")), progress);
    }

    /// <summary>Starts an Azurite for tests: in memory, on free ports.</summary>
    public static Task<AzuriteServer> StartForTestsAsync() => StartForTestsAsync(AzuriteOptions.ForTests);

    /// <summary>As the options say: for tests that stop it and start it again on what it kept.</summary>
    public static Task<AzuriteServer> StartForTestsAsync(AzuriteOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return StartAsync(AzuriteInstallation.FindRoot(), options, TextWriter.Null);
    }

    private static async Task<AzuriteServer> StartAsync(string root, AzuriteOptions options, TextWriter progress)
    {
        await AzuriteInstallation.EnsureAsync(root, progress);
        var location = Path.Combine(root, options.Location);
        var folder = options.InMemoryPersistence ? null : new AzuriteFolder(location);
        if (folder is not null)
            await folder.PrepareAsync();
        var start = new ProcessStartInfo("node")
        {
            WorkingDirectory = root,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in Arguments(root, options, location))
            start.ArgumentList.Add(argument);
        var process = Process.Start(start) ?? throw new StartUpException("Node.js could not be started.");
        folder?.Take(process);
        var services = new Dictionary<string, Uri>(StringComparer.Ordinal);
        var output = new List<string>();
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        process.OutputDataReceived += (_, line) => Read(line.Data);
        process.ErrorDataReceived += (_, line) => Read(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        var exited = process.WaitForExitAsync();
        if (await Task.WhenAny(ready.Task, exited, Task.Delay(StartTime, TimeProvider.System)) == ready.Task)
            return new AzuriteServer(process, options, location, services);
        if (!process.HasExited)
            process.Kill(entireProcessTree: true);
        await exited;
        throw new StartUpException(Explain(output));

        void Read(string? line)
        {
            if (line is null)
                return;
            lock (services)
            {
                if (output.Count < 50)
                    output.Add(line);
                if (ListeningLine().Match(line) is { Success: true } match)
                    services[match.Groups["service"].Value] = new Uri(match.Groups["address"].Value + "/");
                if (services.Count == 3)
                    ready.TrySetResult();
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (process.HasExited)
            return;
        try
        {
            // follow-parent.cjs takes the end of its input for the request to stop.
            process.StandardInput.Close();
            await process.WaitForExitAsync().WaitAsync(stopTime, TimeProvider.System);
        }
        catch (TimeoutException)
        {
            WasKilled = true;
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
        }
    }

    private static IEnumerable<string> Arguments(string root, AzuriteOptions options, string location)
    {
        yield return "--require";
        yield return Path.Combine(AppContext.BaseDirectory, "follow-parent.cjs");
        yield return AzuriteInstallation.Script(root);
        foreach (var (service, port) in new[] { ("blob", options.BlobPort), ("queue", options.QueuePort), ("table", options.TablePort) })
        {
            yield return $"--{service}Host";
            yield return options.BlobHost;
            yield return $"--{service}Port";
            yield return port.ToString(CultureInfo.InvariantCulture);
        }

        if (options.InMemoryPersistence)
        {
            yield return "--inMemoryPersistence";
        }
        else
        {
            yield return "--location";
            yield return location;
        }

        foreach (
            var (option, value) in new[] { ("--cert", options.Certificate), ("--key", options.CertificateKey), ("--oauth", options.OAuth) }
        )
        {
            if (value is null)
                continue;
            yield return option;
            yield return value;
        }

        yield return "--silent";
        yield return "--disableTelemetry";
        yield return "--skipApiVersionCheck";
    }

    private static string Explain(List<string> output)
    {
        var text = string.Join(' ', output);
        if (BusyPort().Match(text) is { Success: true } busy)
            return $"Azurite could not start: port {busy.Groups["port"].Value} is in use by another program, perhaps another "
                + "FuncQueue. Choose other ports in azurite.json.";
        return $"Azurite could not start: {(output.Count == 0 ? "it said nothing" : output[^1])}";
    }

    [GeneratedRegex(@"Azurite (?<service>Blob|Queue|Table) service is successfully listening at (?<address>\S+)")]
    private static partial Regex ListeningLine();

    [GeneratedRegex(@"EADDRINUSE.*?:(?<port>\d+)\b")]
    private static partial Regex BusyPort();
}
