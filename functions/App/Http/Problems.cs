using System.Globalization;
using System.Text.Json;
using FuncQueue.Engine;

namespace FuncQueue.Functions.Http;

/// <summary>Failures as RFC 9457 problem details: the one place that maps them.</summary>
internal static class Problems
{
    private const string ContentType = "application/problem+json";

    public static IResult From(Failure failure)
    {
        var (status, code, title, detail, retryAfter) = Describe(failure);
        return new JsonResponse(
            status,
            writer =>
            {
                writer.WriteStartObject();
                writer.WriteString("type", "about:blank");
                writer.WriteString("title", title);
                writer.WriteNumber("status", status);
                writer.WriteString("detail", detail);
                writer.WriteString("code", code);
                if (failure is Failure.Invalid(var faults))
                    WriteFaults(writer, faults);
                writer.WriteEndObject();
            },
            ContentType,
            retryAfter is { } delay ? headers => headers.RetryAfter = Math.Ceiling(delay.TotalSeconds).ToString(CultureInfo.InvariantCulture) : null);
    }

    /// <summary>A fault of our own: the caller learns that there was one, the log which.</summary>
    public static IResult Unexpected() => new JsonResponse(
        StatusCodes.Status500InternalServerError,
        writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("type", "about:blank");
            writer.WriteString("title", "Internal error");
            writer.WriteNumber("status", 500);
            writer.WriteString("detail", "FuncQueue met a fault of its own. What was asked may have happened.");
            writer.WriteString("code", "internal-error");
            writer.WriteEndObject();
        },
        ContentType);

    /// <summary>A failure inside an answer that concerns several messages.</summary>
    public static void WriteItem(Utf8JsonWriter writer, Failure failure)
    {
        var (_, code, _, detail, _) = Describe(failure);
        writer.WriteStartObject();
        writer.WriteString("code", code);
        writer.WriteString("detail", detail);
        writer.WriteEndObject();
    }

    public static (int Status, string Code, string Title, string Detail, TimeSpan? RetryAfter) Describe(Failure failure) => failure switch
    {
        Failure.Invalid({ Count: > 0 } faults) when faults.All(f => f.Detail == RequestRules.GroupRequired) => (400, "group-required", "Group required", RequestRules.GroupRequired, null),
        Failure.Invalid(var faults) => (400, "invalid-request", "Invalid request", faults.Count == 1 ? $"{faults[0].Field}: {faults[0].Detail}" : $"The request has {faults.Count} faults, listed in errors.", null),
        Failure.QueueNotFound(var queue) => (404, "queue-not-found", "Queue not found", $"There is no queue {queue}.", null),
        Failure.MessageNotFound => (404, "message-not-found", "Message not found", "The queue has no such message any more, or never had.", null),
        Failure.QueueTypeMismatch(var why) => (409, "queue-type-mismatch", "Queue type mismatch", why, null),
        Failure.PreconditionFailed => (412, "precondition-failed", "Precondition failed", "The queue is not as If-Match or If-None-Match wants it.", null),
        Failure.MessageTooLarge => (413, "message-too-large", "Message too large", $"A body has at most {Limits.MaxBodyBytes} bytes, those of a batch {Limits.MaxBatchBytes} together.", null),
        Failure.Overloaded(var after) => (429, "overloaded", "Overloaded", "This process has as much work waiting as it takes on. Nothing happened.", after),
        Failure.StorageUnavailable(var after) => (503, "storage-unavailable", "Storage unavailable", "Storage does not answer, or refuses. Nothing happened.", after),
        Failure.StorageThrottled(var after) => (503, "storage-throttled", "Storage throttled", "Storage asks to slow down. Nothing happened.", after),
        Failure.OutcomeUnknown(var after) => (503, "outcome-unknown", "Outcome unknown", "The answer of storage was lost: it may have happened.", after),
        _ => throw new InvalidOperationException($"{failure.GetType().Name} has no place in the API."),
    };

    private static void WriteFaults(Utf8JsonWriter writer, IReadOnlyList<Fault> faults)
    {
        writer.WriteStartArray("errors");
        foreach (var fault in faults)
        {
            writer.WriteStartObject();
            writer.WriteString("field", fault.Field);
            writer.WriteString("detail", fault.Detail);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }
}
