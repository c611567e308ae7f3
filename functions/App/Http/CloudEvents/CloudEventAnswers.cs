namespace FuncQueue.Functions.Http.CloudEvents;

/// <summary>Whether a caller wants what is received as CloudEvents.</summary>
internal static class CloudEventAnswers
{
    /// <summary>Whether <c>Accept</c> names the format of one event in JSON.</summary>
    public static bool AreAsked(HttpRequest request) =>
        request.Headers.Accept.ToString().Contains(CloudEventRequests.Structured, StringComparison.OrdinalIgnoreCase);
}
