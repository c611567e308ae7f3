using System.Security.Cryptography;
using FuncQueue.Engine.Decisions;
using Microsoft.Extensions.Logging;

namespace FuncQueue.Engine;

/// <summary>What every part of one engine shares: its options, its clock and who it is.</summary>
internal sealed class EngineContext(EngineOptions options, TimeProvider time, ILogger log, EngineMetrics metrics)
{
    private uint lastLease;

    public EngineOptions Options => options;

    public TimeProvider Time => time;

    public ILogger Log => log;

    public EngineMetrics Metrics => metrics;

    public DateTimeOffset Now => time.GetUtcNow();

    /// <summary>The process is about to stop: nobody is kept waiting.</summary>
    public bool Stopping { get; set; }

    /// <summary>Tells this process's rows and leases from others'. Random and not zero, so that no lease id is the default one.</summary>
    public uint Process { get; } = (uint)RandomNumberGenerator.GetInt32(1, int.MaxValue);

    /// <summary>A lease id that this process has not used before.</summary>
    public LeaseId NextLease() => LeaseId.Create(Process, Interlocked.Increment(ref lastLease));
}
