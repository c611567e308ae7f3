using System.Security.Cryptography;
using FuncQueue.Engine.Decisions;
using FuncQueue.Engine.Storage;
using Microsoft.Extensions.Logging;

namespace FuncQueue.Engine;

/// <summary>What every part of one engine shares: its options, its clock and who it is.</summary>
internal sealed class EngineContext(EngineOptions options, TimeProvider time, StorageClock clock, ILogger log, EngineMetrics metrics)
{
    private uint lastLease;

    public EngineOptions Options => options;

    public TimeProvider Time => time;

    public ILogger Log => log;

    public EngineMetrics Metrics => metrics;

    public UnreadableRows Unreadable { get; } = new(log);

    /// <summary>
    /// The time by this process's clock, or, when that is known to be wrong, by storage's, which is right to a second or two: what is
    /// still written then, a message's time to live above all, must not be days off.
    /// </summary>
    public DateTimeOffset Now => clock.Corrected ?? time.GetUtcNow();

    /// <summary>
    /// Told of each queue in which this process has dead-lettered something, once that is written. Must not block, nor throw.
    /// </summary>
    public Action<QueueName>? DeadLettered { get; set; }

    /// <summary>The process is about to stop: nobody is kept waiting.</summary>
    public bool Stopping { get; set; }

    /// <summary>Tells this process's leases from others'. Random and not zero, so that no lease id is the default one.</summary>
    public ProcessId Process { get; } = new((uint)RandomNumberGenerator.GetInt32(1, int.MaxValue));

    /// <summary>A lease id that this process has not used before.</summary>
    public LeaseId NextLease() => LeaseId.Create(Process, Interlocked.Increment(ref lastLease));
}
