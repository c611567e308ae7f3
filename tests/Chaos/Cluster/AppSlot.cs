using System.Globalization;
using System.Net.Http.Json;
using FuncQueue.Chaos.Inside;
using FuncQueue.Tests.Support;

namespace FuncQueue.Chaos.Cluster;

/// <summary>One of the FuncQueue processes: killed and started again it is another process, in the same slot.</summary>
internal sealed class AppSlot(int number, string connectionString, TimeSpan clockOffset, IReadOnlyDictionary<string, string> settings)
    : IAsyncDisposable
{
    private const int MaxConnections = 4096;

    private readonly List<string> logs = [];
    private readonly Dictionary<StorageFaultKind, long> faultsBefore = [];
    private FaultReport? lastReport;
    private AppProcess? process;
    private volatile HttpClient? client;
    private (DateTimeOffset From, DateTimeOffset To)? knownOff;

    public int Number => number;

    /// <summary>For calls to the process; null while there is none.</summary>
    public HttpClient? Client => client;

    public ClockRecord Clock { get; } = new();

    /// <summary>The offset that it starts with.</summary>
    public TimeSpan ClockOffset => clockOffset;

    public int ProcessId => process!.Id;

    public string Address => process!.Address;

    /// <summary>What all processes of the slot wrote.</summary>
    public string Output => string.Join('\n', logs.Append(process?.Output ?? ""));

    public async Task StartAsync()
    {
        var environment = new Dictionary<string, string?>
        {
            ["FuncQueueStorage"] = connectionString,
            ["DOTNET_STARTUP_HOOKS"] = typeof(StartupHook).Assembly.Location,
            ["DOTNET_gcServer"] = "0",
            // Those who send over SQS have no keys here.
            ["FuncQueueSqs__Unsigned"] = "withoutKeys",
            [Intrusion.ClockOffsetVariable] = clockOffset.TotalMilliseconds.ToString(CultureInfo.InvariantCulture),
            [Intrusion.ParentVariable] = Environment.ProcessId.ToString(CultureInfo.InvariantCulture),
        };
        foreach (var (name, value) in settings)
            environment[name] = value;
        var began = TimeProvider.System.GetUtcNow();
        Clock.Begin(clockOffset, began);
        Clock.Done(began);
        process = await AppProcess.StartAsync(environment);
        client = new HttpClient(
            new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(5), MaxConnectionsPerServer = MaxConnections }
        )
        {
            BaseAddress = new Uri(process.Address),
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    /// <summary>SIGKILL, at whatever instant it is.</summary>
    public async Task KillAsync()
    {
        client = null;
        TakeStock();
        process!.Kill();
        logs.Add(process.Output);
        await process.DisposeAsync();
        process = null;
    }

    /// <summary>An orderly end.</summary>
    public async Task StopAsync()
    {
        client = null;
        TakeStock();
        await process!.InterruptAsync();
        logs.Add(process.Output);
        await process.DisposeAsync();
        process = null;
    }

    public Task PauseAsync() => process!.PauseAsync();

    public Task ContinueAsync() => process!.ContinueAsync();

    /// <summary>Gives orders; what the process has met so far.</summary>
    public async Task<FaultReport> OrderAsync(Orders orders, CancellationToken cancellationToken)
    {
        using var answer = await client!.PostAsJsonAsync(ControlRoute.Path, orders, ControlRoute.Json, cancellationToken);
        answer.EnsureSuccessStatusCode();
        return lastReport = (await answer.Content.ReadFromJsonAsync<FaultReport>(ControlRoute.Json, cancellationToken))!;
    }

    /// <summary>Sets the clock of the running process.</summary>
    public async Task SetClockAsync(TimeSpan offset, CancellationToken cancellationToken)
    {
        await OrderClockAsync(offset, cancellationToken);
        Clock.Done(TimeProvider.System.GetUtcNow());
    }

    /// <summary>
    /// Puts the clock right, and waits until the process knows that it is: until then it goes by what it knew of the wrong one.
    /// </summary>
    public async Task SetClockRightAsync(CancellationToken cancellationToken)
    {
        await OrderClockAsync(ClockOffset, cancellationToken);
        try
        {
            while (await KnowsClockIsOffAsync(cancellationToken))
                await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, cancellationToken);
            Clock.Done(TimeProvider.System.GetUtcNow());
        }
        catch (OperationCanceledException)
        {
            // A storm keeps it from knowing, for as long as nobody knows: the wrong clock counts as possible until it is set again.
        }
    }

    /// <summary>Whether the process says that its clock is too far off.</summary>
    public async Task<bool> KnowsClockIsOffAsync(CancellationToken cancellationToken)
    {
        using var answer = await client!.GetAsync("/health", cancellationToken);
        return !answer.IsSuccessStatusCode
            && (await answer.Content.ReadAsStringAsync(cancellationToken)).Contains("clock", StringComparison.Ordinal);
    }

    /// <summary>Between these instants the process is known to know that its clock is too far off.</summary>
    public void KnowOff(DateTimeOffset from, DateTimeOffset to) => knownOff = (from, to);

    public bool IsKnownOff(DateTimeOffset from, DateTimeOffset to) => knownOff is var (begin, end) && begin <= from && to <= end;

    /// <summary>Faults met so far. What a killed process met after its last order is not counted.</summary>
    public long Faults => faultsBefore.Values.Sum() + (lastReport?.Total ?? 0);

    public IReadOnlyDictionary<StorageFaultKind, long> FaultsByKind
    {
        get
        {
            var all = new Dictionary<StorageFaultKind, long>(faultsBefore);
            foreach (var (kind, count) in lastReport?.Faults ?? new Dictionary<StorageFaultKind, long>())
                all[kind] = all.GetValueOrDefault(kind) + count;
            return all;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (process is null)
            return;
        client = null;
        logs.Add(process.Output);
        await process.DisposeAsync();
        process = null;
    }

    private async Task OrderClockAsync(TimeSpan offset, CancellationToken cancellationToken)
    {
        Clock.Begin(offset, TimeProvider.System.GetUtcNow());
        await OrderAsync(new Orders { ClockOffsetMilliseconds = offset.TotalMilliseconds }, cancellationToken);
    }

    private void TakeStock()
    {
        foreach (var (kind, count) in lastReport?.Faults ?? new Dictionary<StorageFaultKind, long>())
            faultsBefore[kind] = faultsBefore.GetValueOrDefault(kind) + count;
        lastReport = null;
    }
}
