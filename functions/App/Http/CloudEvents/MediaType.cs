namespace FuncQueue.Functions.Http.CloudEvents;

/// <summary>A content type without its parameters, also one that is not well-formed.</summary>
internal static class MediaType
{
    public static ReadOnlySpan<char> Of(string? contentType)
    {
        var given = contentType.AsSpan();
        var end = given.IndexOf(';');
        return (end < 0 ? given : given[..end]).Trim();
    }
}
