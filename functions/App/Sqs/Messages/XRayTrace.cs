using FuncQueue.Functions.Sqs.Protocol;

namespace FuncQueue.Functions.Sqs.Messages;

/// <summary>The X-Ray trace header of a request (developer guide of AWS X-Ray, "Tracing header").</summary>
internal static class XRayTrace
{
    private const string Header = "X-Amzn-Trace-Id";

    /// <summary>Longer ones would not leave a message its own attributes.</summary>
    private const int MaxLength = 1024;

    /// <summary>The header as it came; null when there is none that can be kept.</summary>
    public static string? Of(HttpRequest request) =>
        request.Headers[Header] is { Count: 1 } values && values[0] is { Length: > 0 and <= MaxLength } text && XmlText.IsValid(text)
            ? text
            : null;
}
