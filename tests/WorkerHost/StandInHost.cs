using System.Text.Json;
using FuncQueue.WorkerHost.Rpc;
using Google.Protobuf.WellKnownTypes;

namespace FuncQueue.WorkerHost;

/// <summary>
/// A stand-in for the Azure Functions host. It starts a published app as the host does, speaks the host's protocol with it, and serves its
/// functions over HTTP with the host's routing, keys and limits; timers fire by their schedules, and when a test says so.
/// </summary>
/// <remarks>
/// Each rule is that of the host's source (Azure/azure-functions-host, Azure/azure-webjobs-sdk-extensions). The placeholder of Flex
/// Consumption is a native program that loads the app into its own process; here the app has a process of its own, and hears the same
/// messages.
/// </remarks>
public sealed class StandInHost : IAsyncDisposable
{
    private static readonly TimeSpan Generous = TimeSpan.FromSeconds(120);

    private readonly HostOptions options;
    private readonly RpcServer rpc;
    private WorkerProcess? process;
    private WorkerLink link;
    private HttpFront? front;
    private TimerListener? timers;

    private StandInHost(HostOptions options, RpcServer rpc)
    {
        this.options = options;
        this.rpc = rpc;
    }

    public HostLog Log { get; } = new();

    /// <summary>The functions that the worker told of.</summary>
    public IReadOnlyList<IndexedFunction> Functions { get; private set; } = [];

    /// <summary>Where the host takes requests.</summary>
    public string Address => front!.Address;

    public int InvocationsUnderWay => link.Channel.Invocations.Count;

    /// <summary>The longest return value that a function sent beside its answer.</summary>
    public string LongestReturnValue => link.Channel.LongestReturnValue;

    public int WorkerProcessId => process!.Id;

    public long WorkerPeakMebibytes => process!.PeakMebibytes;

    /// <summary>Starts the host and its worker; ready when every function is loaded.</summary>
    public static async Task<StandInHost> StartAsync(HostOptions options)
    {
        var host = new StandInHost(options, await RpcServer.StartAsync());
        try
        {
            await host.StartWorkerAsync();
            host.front = await host.OpenFrontAsync(options);
            host.timers = new TimerListener(host.Schedules(), host.FireTimerAsync, host.Log);
            return host;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs an app that is expected to end by itself before it serves; its exit code and all it said.</summary>
    public static async Task<(int ExitCode, string Output)> RunToEndAsync(HostOptions options)
    {
        await using var host = new StandInHost(options, await RpcServer.StartAsync());
        host.Launch();
        await host.process!.Exited.WaitAsync(Generous);
        return (host.process.ExitCode, host.Log.Text);
    }

    /// <summary>Opens one more front to the same worker, with keys and limits of its own.</summary>
    internal async Task<HttpFront> OpenFrontAsync(HostOptions how)
    {
        var opened = new HttpFront(how, Functions, HostJson.RoutePrefix(options.AppFolder), () => link);
        await opened.StartAsync();
        return opened;
    }

    /// <summary>Kills the worker in whatever it does. Its invocations fail; requests fail until <see cref="StartWorkerAsync"/>.</summary>
    public async Task KillWorkerAsync()
    {
        process!.Kill();
        await process.Exited;
        await link.Channel.Lost.WaitAsync(Generous);
    }

    /// <summary>Starts a worker, the first or one more after the last has gone.</summary>
    public async Task StartWorkerAsync()
    {
        if (process is not null)
            await process.DisposeAsync();
        var channel = Launch();
        if (await Task.WhenAny(channel.Started, process!.Exited).WaitAsync(Generous) != channel.Started)
            throw new InvalidOperationException($"The worker ended before it called the host: {Log.Text}");
        var capabilities = options.Placeholder ? await ReloadAsync(channel) : await InitAsync(channel);
        if (!capabilities.TryGetValue("HttpUri", out var address))
            throw new InvalidOperationException("The worker does not take requests over HTTP.");
        await LoadAsync(channel);
        link = new WorkerLink(channel, new Uri(address));
    }

    /// <summary>Fires a timer now, whatever its schedule; ends when the function has, and throws when it failed.</summary>
    public async Task FireTimerAsync(string function)
    {
        var timer = Functions.Single(f => f.Name == function);
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        var info = JsonSerializer.Serialize(
            new
            {
                Schedule = new { AdjustForDST = true },
                ScheduleStatus = new
                {
                    Last = now,
                    LastUpdated = now,
                    Next = now.AddMinutes(1),
                },
                IsPastDue = false,
            }
        );
        var request = new InvocationRequest
        {
            InvocationId = Guid.NewGuid().ToString(),
            FunctionId = timer.Id,
            InputData =
            {
                new ParameterBinding
                {
                    Name = timer.Trigger.ParameterName,
                    Data = new TypedData { Json = info },
                },
            },
            TriggerMetadata =
            {
                ["TimerTrigger"] = new TypedData { String = now.ToString("O", System.Globalization.CultureInfo.InvariantCulture) },
            },
            TraceContext = new RpcTraceContext(),
        };
        var invocation = link.Channel.Await(request.InvocationId);
        link.Channel.Send(new StreamingMessage { InvocationRequest = request });
        var response = await invocation.WaitAsync(Generous);
        if (response.Result.Status != StatusResult.Types.Status.Success)
            throw new InvalidOperationException($"{function} ended with {response.Result.Status}: {response.Result.Exception?.Message}");
    }

    /// <summary>Cancels every invocation under way, as the host does when it drains or a function takes too long.</summary>
    public void CancelInvocations()
    {
        foreach (var invocation in link.Channel.Invocations)
            link.Channel.Cancel(invocation);
    }

    /// <summary>Tells the worker to end, and waits until it has; its exit code.</summary>
    public async Task<int> TerminateWorkerAsync()
    {
        link.Channel.Send(
            new StreamingMessage { WorkerTerminate = new WorkerTerminate { GracePeriod = Duration.FromTimeSpan(TimeSpan.FromSeconds(10)) } }
        );
        await process!.Exited.WaitAsync(Generous);
        return process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (timers is not null)
            await timers.DisposeAsync();
        if (process is not null)
            await process.DisposeAsync();
        if (front is not null)
            await front.DisposeAsync();
        await rpc.DisposeAsync();
    }

    private WorkerChannel Launch()
    {
        var channel = new WorkerChannel(Log);
        rpc.Expect(channel);
        process = new WorkerProcess(options, channel.WorkerId, rpc.Address, Log);
        return channel;
    }

    private async Task<IDictionary<string, string>> InitAsync(WorkerChannel channel)
    {
        var answer = await channel.AskAsync(
            new StreamingMessage
            {
                WorkerInitRequest = new WorkerInitRequest
                {
                    HostVersion = "4.1037.0.0",
                    WorkerDirectory = options.AppFolder,
                    FunctionAppDirectory = options.AppFolder,
                    Capabilities = { ["MultiStream"] = "10" },
                },
            }
        );
        Require(answer.WorkerInitResponse.Result, "start");
        return answer.WorkerInitResponse.Capabilities;
    }

    private async Task<IDictionary<string, string>> ReloadAsync(WorkerChannel channel)
    {
        var reload = new FunctionEnvironmentReloadRequest { FunctionAppDirectory = options.AppFolder };
        foreach (var (name, value) in WorkerProcess.EnvironmentOf(options).Where(setting => !string.IsNullOrEmpty(setting.Value)))
            reload.EnvironmentVariables.Add(name, value);
        var answer = await channel.AskAsync(new StreamingMessage { FunctionEnvironmentReloadRequest = reload });
        Require(answer.FunctionEnvironmentReloadResponse.Result, "reload its environment");
        return answer.FunctionEnvironmentReloadResponse.Capabilities;
    }

    private async Task LoadAsync(WorkerChannel channel)
    {
        var told = (
            await channel.AskAsync(
                new StreamingMessage
                {
                    FunctionsMetadataRequest = new FunctionsMetadataRequest { FunctionAppDirectory = options.AppFolder },
                }
            )
        ).FunctionMetadataResponse;
        Require(told.Result, "tell of its functions");
        Functions = [.. told.FunctionMetadataResults.Select(IndexedFunction.From)];
        foreach (var metadata in told.FunctionMetadataResults)
        {
            var loaded = (
                await channel.AskAsync(new StreamingMessage { FunctionLoadRequest = IndexedFunction.LoadRequest(metadata) })
            ).FunctionLoadResponse;
            Require(loaded.Result, $"load {metadata.Name}");
        }
    }

    /// <summary>A schedule between percent signs is that of an app setting; the host does not start a timer without it.</summary>
    private IEnumerable<(string Function, string Schedule)> Schedules() =>
        from function in Functions
        let schedule = (function.Trigger as Trigger.Timer)?.Schedule
        where schedule is not null
        select (
            function.Name,
            schedule is ['%', .. var setting, '%']
                ? options.Settings.GetValueOrDefault(setting) ?? throw new FunctionIndexingException($"The setting {setting} is not set.")
                : schedule
        );

    private static void Require(StatusResult result, string what)
    {
        if (result.Status != StatusResult.Types.Status.Success)
            throw new InvalidOperationException($"The worker could not {what}: {result.Exception?.Message}");
    }
}
