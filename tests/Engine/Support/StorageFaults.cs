using System.Net.Sockets;
using Azure.Core;
using Azure.Core.Pipeline;

namespace FuncQueue.Engine.Tests.Support;

/// <summary>
/// Storage going wrong for one process: each fault meets the next requests that match, in the order in which the faults were set up.
/// </summary>
public sealed class StorageFaults : HttpPipelinePolicy
{
    private readonly List<Fault> faults = [];
    private readonly List<Task> overtaken = [];
    private readonly Lock gate = new();
    private volatile bool killed;

    /// <summary>The request is carried out, the answer never arrives.</summary>
    public InjectedFault LoseAnswer(Func<StorageRequest, bool> which, int times = 1) =>
        Add(
            which,
            times,
            async (_, send) =>
            {
                await send();
                throw new IOException("The connection was closed before the answer came.");
            }
        );

    /// <summary>The request never arrives, and the sender cannot know.</summary>
    public InjectedFault LoseRequest(Func<StorageRequest, bool> which, int times = 1) =>
        Add(which, times, (_, _) => throw new IOException("The connection was closed."));

    /// <summary>No connection: the sender knows that the request was not sent.</summary>
    public InjectedFault Refuse(Func<StorageRequest, bool> which, int times = 1) =>
        Add(
            which,
            times,
            (_, _) => throw new HttpRequestException("Connection refused.", new SocketException((int)SocketError.ConnectionRefused))
        );

    /// <summary>Storage answers 503 and does nothing.</summary>
    public InjectedFault Throttle(Func<StorageRequest, bool> which, int times = 1) =>
        Add(
            which,
            times,
            (message, _) =>
            {
                message.Response = new InventedResponse(503, "ServerBusy", message.Request.ClientRequestId);
                return ValueTask.CompletedTask;
            }
        );

    /// <summary>Storage carries the request out and answers 503: a part of it on the way had no time left.</summary>
    public InjectedFault ThrottleAfterwards(Func<StorageRequest, bool> which, int times = 1) =>
        Add(
            which,
            times,
            async (message, send) =>
            {
                await send();
                message.Response = new InventedResponse(503, "ServerBusy", message.Request.ClientRequestId);
            }
        );

    /// <summary>Storage answers 400 and does nothing.</summary>
    public InjectedFault Reject(Func<StorageRequest, bool> which, int times = 1) =>
        Add(
            which,
            times,
            (message, _) =>
            {
                message.Response = new InventedResponse(400, "InvalidInput", message.Request.ClientRequestId);
                return ValueTask.CompletedTask;
            }
        );

    /// <summary>The sender gives up; the request arrives later, when the test says so.</summary>
    public LateRequest Delay(Func<StorageRequest, bool> which)
    {
        var late = new LateRequest();
        Add(
            which,
            1,
            (message, _) =>
            {
                late.Take(message.Request);
                throw new IOException("The request timed out.");
            }
        );
        return late;
    }

    /// <summary>The sender gives up, and the request arrives at about the time of what the sender does next.</summary>
    public InjectedFault Overtake(Func<StorageRequest, bool> which, int times = 1) =>
        Add(
            which,
            times,
            (message, _) =>
            {
                var late = new LateRequest();
                late.Take(message.Request);
                lock (gate)
                    overtaken.Add(late.ArriveAsync());
                throw new IOException("The request timed out.");
            }
        );

    /// <summary>Returns when every request that was overtaken has arrived.</summary>
    public async Task AllArrivedAsync()
    {
        Task[] all;
        lock (gate)
            all = [.. overtaken];
        await Task.WhenAll(all);
    }

    /// <summary>The request waits until the test lets it go: a process that stands still between two steps.</summary>
    public HeldRequest Hold(Func<StorageRequest, bool> which)
    {
        var held = new HeldRequest();
        Add(
            which,
            1,
            async (_, send) =>
            {
                await held.WaitAsync();
                if (killed)
                    throw new IOException("The process is dead.");
                await send();
            }
        );
        return held;
    }

    /// <summary>Storage does as it is asked; its answer is lost when the test lets go of the process, which stands still.</summary>
    public HeldRequest HoldLostAnswer(Func<StorageRequest, bool> which)
    {
        var held = new HeldRequest();
        Add(
            which,
            1,
            async (_, send) =>
            {
                await send();
                await held.WaitAsync();
                throw new IOException("The request timed out.");
            }
        );
        return held;
    }

    public bool IsKilled => killed;

    /// <summary>Storage works again.</summary>
    public void Clear()
    {
        lock (gate)
            faults.Clear();
    }

    /// <summary>From now on nothing of this process reaches storage any more.</summary>
    public void Kill() => killed = true;

    public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline) =>
        throw new NotSupportedException("The engine is asynchronous.");

    public override ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        if (killed)
            throw new IOException("The process is dead.");
        return Next(message) is { } fault
            ? fault.ApplyAsync(message, () => ProcessNextAsync(message, pipeline))
            : ProcessNextAsync(message, pipeline);
    }

    private InjectedFault Add(Func<StorageRequest, bool> which, int times, Func<HttpMessage, Func<ValueTask>, ValueTask> apply)
    {
        var injected = new InjectedFault();
        lock (gate)
            faults.Add(new Fault(which, times, apply, injected));
        return injected;
    }

    private Fault? Next(HttpMessage message)
    {
        lock (gate)
        {
            if (faults.Count == 0)
                return null;
            var request = new StorageRequest(message.Request);
            var fault = faults.Find(f => f.Which(request));
            if (fault is not null && --fault.Times == 0)
                faults.Remove(fault);
            fault?.Injected.Met();
            return fault;
        }
    }

    private sealed class Fault(
        Func<StorageRequest, bool> which,
        int times,
        Func<HttpMessage, Func<ValueTask>, ValueTask> apply,
        InjectedFault injected
    )
    {
        public Func<StorageRequest, bool> Which => which;

        public int Times { get; set; } = times;

        public InjectedFault Injected => injected;

        public ValueTask ApplyAsync(HttpMessage message, Func<ValueTask> send) => apply(message, send);
    }
}
