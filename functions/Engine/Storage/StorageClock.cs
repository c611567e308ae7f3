using System.Globalization;
using Azure.Core;
using Azure.Core.Pipeline;

namespace FuncQueue.Engine.Storage;

/// <summary>
/// Compares this process's clock with the <c>Date</c> header of storage's answers, which has whole seconds. The clock is found off only
/// when no reading of the header allows otherwise, and right again only when none forbids it.
/// </summary>
public sealed class StorageClock : HttpPipelinePolicy
{
    /// <summary>
    /// How far wall clock and durations may drift apart, at once and for each second, before the clock counts as set by somebody.
    /// </summary>
    private static readonly TimeSpan Jump = TimeSpan.FromMilliseconds(250);

    private const double DriftPerSecond = 0.001;

    private TimeProvider time = TimeProvider.System;
    private TimeSpan bound = TimeSpan.MaxValue;
    private Action<TimeSpan>? wentOff;
    private volatile Header? last;
    private volatile Reading? right;
    private WrongReading? wrong;

    /// <summary>How far the clock is ahead of storage's (negative: behind) when it is off by more than the bound; zero otherwise.</summary>
    public TimeSpan Offset => Volatile.Read(ref wrong)?.Offset ?? TimeSpan.Zero;

    /// <summary>
    /// The time by storage's clock, to a second or two, while this process's is known to be wrong; null: it is not. It goes on from the
    /// last answer by durations: a clock that was put right, or set once more, makes no difference until storage has answered again.
    /// </summary>
    public DateTimeOffset? Corrected =>
        Volatile.Read(ref wrong) is var (offset, reading) ? reading.At - offset + time.GetElapsedTime(reading.Timestamp) : null;

    /// <summary>
    /// Whether the clock has been found right and goes on evenly since. One that was set meanwhile may be anything until storage has
    /// answered again.
    /// </summary>
    public bool IsCertain
    {
        get
        {
            if (bound == TimeSpan.MaxValue)
                return true;
            if (Offset != TimeSpan.Zero || right is not { } reading)
                return false;
            var elapsed = time.GetElapsedTime(reading.Timestamp);
            var gap = time.GetUtcNow() - reading.At - elapsed;
            return gap.Duration() <= Jump + (elapsed * DriftPerSecond);
        }
    }

    internal void Watch(TimeProvider provider, TimeSpan maxOffset, Action<TimeSpan> onOff)
    {
        time = provider;
        bound = maxOffset;
        wentOff = onOff;
    }

    public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        var before = time.GetUtcNow();
        ProcessNext(message, pipeline);
        Compare(message, before);
    }

    public override async ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        var before = time.GetUtcNow();
        await ProcessNextAsync(message, pipeline);
        Compare(message, before);
    }

    private void Compare(HttpMessage message, DateTimeOffset before)
    {
        if (
            bound == TimeSpan.MaxValue
            || !message.HasResponse
            || !message.Response.Headers.TryGetValue("Date", out var text)
            || text is null
        )
            return;
        // Most answers of one second have the same header.
        var header = last;
        if (header is null || header.Text != text)
        {
            if (!DateTimeOffset.TryParseExact(text, "r", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date))
                return;
            last = header = new Header(text, date);
        }

        // Storage answered between `before` and now, and within the second that begins at the header's date.
        var reading = new Reading(time.GetUtcNow(), time.GetTimestamp());
        var atLeast = before - header.Date - TimeSpan.FromSeconds(1);
        var atMost = reading.At - header.Date;
        if (atLeast > bound || atMost < -bound)
        {
            var offset = atLeast > bound ? atLeast : atMost;
            if (Interlocked.Exchange(ref wrong, new WrongReading(offset, reading)) is null)
                wentOff?.Invoke(offset);
        }
        else if (atLeast >= -bound && atMost <= bound)
        {
            right = reading;
            Volatile.Write(ref wrong, null);
        }
    }

    private sealed record Header(string Text, DateTimeOffset Date);

    private sealed record Reading(DateTimeOffset At, long Timestamp);

    private sealed record WrongReading(TimeSpan Offset, Reading Reading);
}
