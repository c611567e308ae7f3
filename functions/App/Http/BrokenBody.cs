namespace FuncQueue.Functions.Http;

/// <summary>Tells the caller's faults in a request's body from our own.</summary>
internal static class BrokenBody
{
    /// <summary>Whether the server gave up reading a body that does not follow HTTP, or came too slowly.</summary>
    public static bool Caused(Exception exception) =>
        // Kestrel tells of a chunk's size that is beyond an int in the second way.
        exception is BadHttpRequestException or IOException { InnerException: OverflowException };
}
