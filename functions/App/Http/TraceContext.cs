using System.Diagnostics;

namespace FuncQueue.Functions.Http;

/// <summary>The trace that a request belongs to, kept with the message for whoever consumes it.</summary>
internal static class TraceContext
{
    /// <summary>The W3C traceparent: the caller's, else that of this request's own trace; null when there is neither.</summary>
    public static string? Of(HttpRequest request)
    {
        var header = request.Headers.TraceParent;
        if (header.Count == 1 && IsValid(header[0]!))
            return header[0];
        return Activity.Current is { IdFormat: ActivityIdFormat.W3C, Id: { } id } ? id : null;
    }

    // The W3C recommendation, section 3.2: 00-<32 hex>-<16 hex>-<2 hex>, lower case, no id all zero.
    private static bool IsValid(string text) =>
        text.Length == 55 && text.StartsWith("00-", StringComparison.Ordinal) && ActivityContext.TryParse(text, null, out _);
}
