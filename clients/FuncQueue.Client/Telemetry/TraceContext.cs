using System.Diagnostics;

namespace FuncQueue.Client.Telemetry;

/// <summary>The W3C trace context that a message carries to whoever handles it.</summary>
/// <param name="Parent">Its <c>traceparent</c>; null: there is no trace.</param>
/// <param name="State">Its <c>tracestate</c>; null: vendors have said nothing.</param>
internal readonly record struct TraceContext(string? Parent, string? State)
{
    public static TraceContext Of(Activity? activity) =>
        activity is { IdFormat: ActivityIdFormat.W3C } ? new(activity.Id, activity.TraceStateString) : default;
}
