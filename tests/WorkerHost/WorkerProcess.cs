using System.Diagnostics;
using System.Text.Json;

namespace FuncQueue.WorkerHost;

/// <summary>The process of a worker, started as its worker.config.json says, with the arguments that the host gives.</summary>
internal sealed class WorkerProcess : IAsyncDisposable
{
    private readonly Process process;

    public WorkerProcess(HostOptions options, string workerId, Uri rpc, HostLog log)
    {
        using var config = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(options.AppFolder, "worker.config.json")));
        var description = config.RootElement.GetProperty("description");
        var start = new ProcessStartInfo(description.GetProperty("defaultExecutablePath").GetString()!)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = options.AppFolder,
        };
        start.ArgumentList.Add(Path.Combine(options.AppFolder, description.GetProperty("defaultWorkerPath").GetString()!));
        var requestId = Guid.NewGuid().ToString();
        var longest = $"{int.MaxValue}";
        foreach (
            var argument in (string[])
                [
                    "--host",
                    rpc.Host,
                    "--port",
                    $"{rpc.Port}",
                    "--workerId",
                    workerId,
                    "--requestId",
                    requestId,
                    "--grpcMaxMessageLength",
                    longest,
                    "--functions-uri",
                    rpc.AbsoluteUri,
                    "--functions-worker-id",
                    workerId,
                    "--functions-request-id",
                    requestId,
                    "--functions-grpc-max-message-length",
                    longest,
                ]
        )
            start.ArgumentList.Add(argument);
        foreach (var (name, value) in EnvironmentOf(options))
            start.Environment[name] = value;
        process = Process.Start(start)!;
        process.OutputDataReceived += (_, line) => Read(line.Data);
        process.ErrorDataReceived += (_, line) => Read(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        Exited = process.WaitForExitAsync();

        void Read(string? line)
        {
            if (line is not null)
                log.Write(line);
        }
    }

    /// <summary>Ends with the process, after its last line of output.</summary>
    public Task Exited { get; }

    public int Id => process.Id;

    public int ExitCode => process.ExitCode;

    /// <summary>The most memory that was ever resident, in MiB.</summary>
    public long PeakMebibytes
    {
        get
        {
            process.Refresh();
            return process.PeakWorkingSet64 / 1024 / 1024;
        }
    }

    /// <summary>What the host sets beside the app settings.</summary>
    public static Dictionary<string, string?> EnvironmentOf(HostOptions options) =>
        new(options.Settings)
        {
            ["FUNCTIONS_WORKER_DIRECTORY"] = options.AppFolder,
            ["FUNCTIONS_APPLICATION_DIRECTORY"] = options.AppFolder,
            ["FUNCTIONS_WORKER_RUNTIME"] = "dotnet-isolated",
        };

    public void Kill()
    {
        if (!process.HasExited)
            process.Kill();
    }

    public async ValueTask DisposeAsync()
    {
        Kill();
        await Exited;
        process.Dispose();
    }
}
