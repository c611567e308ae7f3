using System.Diagnostics.Metrics;
using Azure.Core;
using Azure.Core.Pipeline;
using FuncQueue.Engine;

namespace FuncQueue.Benchmarks.Contenders;

/// <summary>Counts what the engine asks storage for.</summary>
internal sealed class RequestCount : HttpPipelinePolicy, IDisposable
{
    private readonly MeterListener conflicts = new();
    private long requests;
    private long writes;
    private long refused;

    public RequestCount()
    {
        conflicts.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == QueueEngine.MeterName && instrument.Name == "funcqueue.storage.conflicts")
                listener.EnableMeasurementEvents(instrument);
        };
        conflicts.SetMeasurementEventCallback<long>((_, count, _, _) => Interlocked.Add(ref refused, count));
        conflicts.Start();
    }

    public StorageUse Use => new(Interlocked.Read(ref requests), Interlocked.Read(ref writes), Interlocked.Read(ref refused));

    public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        Count(message);
        ProcessNext(message, pipeline);
    }

    public override ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        Count(message);
        return ProcessNextAsync(message, pipeline);
    }

    public void Dispose() => conflicts.Dispose();

    private void Count(HttpMessage message)
    {
        Interlocked.Increment(ref requests);
        if (message.Request.Method != RequestMethod.Get && message.Request.Method != RequestMethod.Head)
            Interlocked.Increment(ref writes);
    }
}
