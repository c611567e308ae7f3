namespace FuncQueue.Functions.Http;

/// <summary>
/// Bodies come as they are. Nothing is ever unpacked: what is small on the wire may be anything in memory. Nor is a coding kept with a
/// message, so that one that is taken would be handed out as what it is not.
/// </summary>
internal static class ContentCoding
{
    /// <summary>
    /// Throws <see cref="UnsupportedCodingException"/> for a body that is compressed or otherwise coded (RFC 9110, section 8.4).
    /// </summary>
    public static void RequireNone(HttpRequest request)
    {
        if (
            request.Headers.ContentEncoding.ToString() is { Length: > 0 } coding
            && !coding.Equals("identity", StringComparison.OrdinalIgnoreCase)
        )
            throw new UnsupportedCodingException();
    }
}

/// <summary>A body in a coding.</summary>
internal sealed class UnsupportedCodingException() : Exception("Bodies must come as they are, without a Content-Encoding.");
