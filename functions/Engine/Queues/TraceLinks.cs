using System.Diagnostics;

namespace FuncQueue.Engine.Queues;

/// <summary>Links the trace of a receive to those in which its messages were sent, or published (OpenTelemetry, messaging).</summary>
internal static class TraceLinks
{
    /// <summary>Most links of a trace (OpenTelemetry's default limit).</summary>
    private const int MaxLinks = 128;

    /// <summary>Adds the links to the trace that is under way, if one is; hands the outcome on.</summary>
    public static Outcome<IReadOnlyList<DeliveredMessage>> To(Outcome<IReadOnlyList<DeliveredMessage>> outcome)
    {
        if (Activity.Current is not { IsAllDataRequested: true } trace || !outcome.TryGetValue(out var messages, out _))
            return outcome;
        foreach (var sent in messages.Select(m => m.Message.TraceParent).OfType<string>().Distinct().Take(MaxLinks))
        {
            if (ActivityContext.TryParse(sent, null, isRemote: true, out var context))
                trace.AddLink(new ActivityLink(context));
        }

        return outcome;
    }
}
