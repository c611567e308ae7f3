using System.Diagnostics;
using System.Text;
using System.Text.Json;

namespace FuncQueue.Benchmarks.Workers;

/// <summary>A child process of this program, as its parent sees it.</summary>
internal sealed class WorkerProcess : IAsyncDisposable
{
    public const string WorkerArgument = "--worker";
    public const string BareServerArgument = "--bare-server";
    public const string FunctionsServerArgument = "--functions-server";

    /// <summary>Nothing that is asked of a worker takes as long.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private readonly Process process;
    private readonly StringBuilder errors = new();

    private WorkerProcess(params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add(typeof(WorkerProcess).Assembly.Location);
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        process = Process.Start(start)!;
        process.ErrorDataReceived += (_, line) =>
        {
            lock (errors)
                errors.AppendLine(line.Data);
        };
        process.BeginErrorReadLine();
    }

    /// <summary>All workers make ready, begin together and are measured together.</summary>
    public static async Task<IReadOnlyList<Measurement>> MeasureAsync(params IReadOnlyList<WorkerOrder> orders)
    {
        var workers = new List<WorkerProcess>();
        try
        {
            // The first makes what all use, and stores what is stored.
            var first = await StartAsync(orders[0]);
            var others = await Task.WhenAll(orders.Skip(1).Select(StartAsync));
            var begin = new WorkerStart([first, .. others]);
            await Task.WhenAll(workers.Select(w => w.WriteAsync(begin)));
            return await Task.WhenAll(workers.Select(w => w.ReadAsync<Measurement>()));
        }
        finally
        {
            await Task.WhenAll(workers.Select(w => w.DisposeAsync().AsTask()));
        }

        async Task<int> StartAsync(WorkerOrder order)
        {
            var worker = new WorkerProcess(WorkerArgument, JsonSerializer.Serialize(order));
            lock (workers)
                workers.Add(worker);
            return (await worker.ReadAsync<WorkerReady>()).Port;
        }
    }

    /// <summary>Starts a server that says in a line where it serves, and the key that it wants, if any.</summary>
    public static async Task<(WorkerProcess Process, string Said)> StartServerAsync(params string[] arguments)
    {
        var server = new WorkerProcess(arguments);
        try
        {
            return (server, await server.ReadLineAsync());
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        process.StandardInput.Close();
        try
        {
            await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(10));
        }
        catch (TimeoutException)
        {
            process.Kill();
            await process.WaitForExitAsync();
        }

        process.Dispose();
    }

    private Task WriteAsync<T>(T value) => process.StandardInput.WriteLineAsync(JsonSerializer.Serialize(value));

    private async Task<T> ReadAsync<T>() => JsonSerializer.Deserialize<T>(await ReadLineAsync())!;

    private async Task<string> ReadLineAsync()
    {
        if (await process.StandardOutput.ReadLineAsync().WaitAsync(Patience) is { } line)
            return line;
        await process.WaitForExitAsync();
        lock (errors)
            throw new InvalidOperationException($"A worker ended early: {errors}");
    }
}
