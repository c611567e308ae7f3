using System.Globalization;
using Azure.Core;
using Azure.Core.Pipeline;

namespace FuncQueue.Engine;

/// <summary>
/// Compares this process's clock with the <c>Date</c> header of storage's answers, which has whole seconds. Says that the clock is
/// off only when no reading of the header allows otherwise.
/// </summary>
public sealed class StorageClock : HttpPipelinePolicy
{
    private TimeProvider time = TimeProvider.System;
    private TimeSpan bound = TimeSpan.MaxValue;
    private Action<TimeSpan>? wentOff;
    private long offTicks;
    private volatile Reading? last;

    /// <summary>How far the clock is ahead of storage's (negative: behind) when it is off by more than the bound; zero otherwise.</summary>
    public TimeSpan Offset => new(Interlocked.Read(ref offTicks));

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
        if (bound == TimeSpan.MaxValue || !message.HasResponse || !message.Response.Headers.TryGetValue("Date", out var header) || header is null)
            return;
        // Header and date are kept as one: many answers come at once.
        var reading = last;
        if (reading is null || header != reading.Header)
        {
            if (!DateTimeOffset.TryParseExact(header, "r", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var parsed))
                return;
            last = reading = new Reading(header, parsed);
        }

        var date = reading.Date;
        // Storage answered between `before` and now, and within the second that begins at `date`.
        var atLeast = before - date - TimeSpan.FromSeconds(1);
        var atMost = time.GetUtcNow() - date;
        var offset = atLeast > bound ? atLeast : atMost < -bound ? atMost : TimeSpan.Zero;
        var was = Interlocked.Exchange(ref offTicks, offset.Ticks);
        if (offset != TimeSpan.Zero && was == 0)
            wentOff?.Invoke(offset);
    }

    private sealed record Reading(string Header, DateTimeOffset Date);
}
