using System.Diagnostics.Metrics;

namespace FuncQueue.Engine.Tests.Support;

/// <summary>Meters of one process, gone with it.</summary>
internal sealed class TestMeters : IMeterFactory
{
    private readonly List<Meter> meters = [];
    private readonly MeterListener listener = new();
    private long conflicts;

    public TestMeters()
    {
        listener.InstrumentPublished = (instrument, me) =>
        {
            if (meters.Contains(instrument.Meter) && instrument.Name == "funcqueue.storage.conflicts")
                me.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((_, value, _, _) => Interlocked.Add(ref conflicts, value));
        listener.Start();
    }

    /// <summary>Writes of this process that met another's.</summary>
    public long Conflicts => Interlocked.Read(ref conflicts);

    public Meter Create(MeterOptions options)
    {
        var meter = new Meter(options.Name, options.Version, options.Tags, this);
        meters.Add(meter);
        return meter;
    }

    /// <summary>What the observable instruments of this process say now, with their tags.</summary>
    public IReadOnlyList<(string Instrument, double Value, string Tags)> Observe()
    {
        var seen = new List<(string, double, string)>();
        using var observer = new MeterListener();
        observer.InstrumentPublished = (instrument, me) =>
        {
            if (meters.Contains(instrument.Meter) && instrument.IsObservable)
                me.EnableMeasurementEvents(instrument);
        };
        observer.SetMeasurementEventCallback<long>((instrument, value, tags, _) => seen.Add((instrument.Name, value, Text(tags))));
        observer.SetMeasurementEventCallback<double>((instrument, value, tags, _) => seen.Add((instrument.Name, value, Text(tags))));
        observer.Start();
        observer.RecordObservableInstruments();
        return seen;

        static string Text(ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
            string.Join(' ', tags.ToArray().Select(t => $"{t.Key}={t.Value}"));
    }

    public void Dispose()
    {
        listener.Dispose();
        meters.ForEach(m => m.Dispose());
    }
}
