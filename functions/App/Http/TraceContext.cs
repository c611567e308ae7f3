using System.Diagnostics;

namespace FuncQueue.Functions.Http;

/// <summary>The trace that a request belongs to, kept with the message for whoever consumes it.</summary>
internal static class TraceContext
{
    private const int MaxStateLength = 512;

    /// <summary>The W3C traceparent: the caller's, else that of this request's own trace; null when there is neither.</summary>
    public static string? Of(HttpRequest request)
    {
        var header = request.Headers.TraceParent;
        if (header.Count == 1 && IsValid(header[0]!))
            return header[0];
        return Activity.Current is { IdFormat: ActivityIdFormat.W3C, Id: { } id } ? id : null;
    }

    /// <summary>As <see cref="Of"/>, and the caller's tracestate, which means nothing without its traceparent.</summary>
    public static (string? Parent, string? State) WithStateOf(HttpRequest request)
    {
        var parent = Of(request);
        var isCallers = parent is not null && request.Headers.TraceParent == parent;
        return (parent, isCallers ? State(request.Headers.TraceState.ToString()) : null);
    }

    /// <summary>
    /// Those of one message of a batch, where it names them; else the request's. A traceparent that is malformed is none, as in a header;
    /// the request's vendors know nothing of a message's own trace.
    /// </summary>
    public static (string? Parent, string? State) Of(JsonMembers members, (string? Parent, string? State) ofRequest)
    {
        var state = State(members.Text("tracestate"));
        if (!members.Has("traceparent"))
            return ofRequest;
        return members.Text("traceparent") is { } own && IsValid(own) ? (own, state) : (ofRequest.Parent, null);
    }

    // Longer ones may be dropped (section 3.3.1.5: vendors keep 512 characters at least).
    private static string? State(string? state) =>
        state is { Length: > 0 and <= MaxStateLength } && state.All(c => c is >= ' ' and <= '~') ? state : null;

    // The W3C recommendation, section 3.2: 00-<32 hex>-<16 hex>-<2 hex>, lower case, no id all zero.
    private static bool IsValid(string text) =>
        text.Length == 55 && text.StartsWith("00-", StringComparison.Ordinal) && ActivityContext.TryParse(text, null, out _);
}
