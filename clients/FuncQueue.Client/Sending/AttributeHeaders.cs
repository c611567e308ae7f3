using FuncQueue.Client.Telemetry;

namespace FuncQueue.Client.Sending;

/// <summary>Attributes and trace of a message that is the body of its request.</summary>
internal static class AttributeHeaders
{
    public static IEnumerable<KeyValuePair<string, string>> Of(IDictionary<string, string> attributes, TraceContext trace)
    {
        foreach (var (name, value) in attributes)
            yield return KeyValuePair.Create("x-attribute-" + name, Uri.EscapeDataString(value));
        if (trace.Parent is not null)
            yield return KeyValuePair.Create("traceparent", trace.Parent);
        if (trace is { Parent: not null, State: not null })
            yield return KeyValuePair.Create("tracestate", trace.State);
    }
}
