using System.Globalization;
using System.Text.Json;
using FuncQueue.Engine;

namespace FuncQueue.Functions.Http;

/// <summary>Failures as RFC 9457 problem details, as they are written.</summary>
internal static class Problems
{
    private const string ContentType = "application/problem+json";

    /// <param name="failure">What went wrong.</param>
    /// <param name="particular">What to tell the caller instead of the failure's own sentence.</param>
    public static IResult From(Failure failure, string? particular = null)
    {
        var problem = Problem.Of(failure);
        return new JsonResponse(
            problem.Status,
            writer =>
            {
                writer.WriteStartObject();
                writer.WriteString("type", "about:blank");
                writer.WriteString("title", problem.Title);
                writer.WriteNumber("status", problem.Status);
                writer.WriteString("detail", particular ?? problem.Detail);
                writer.WriteString("code", problem.Code);
                if (failure is Failure.Invalid(var faults))
                    WriteFaults(writer, faults);
                if (failure is Failure.OffsetMismatch(var next))
                    writer.WriteNumber("nextOffset", next);
                if (failure is Failure.OffsetExpired(var first))
                    writer.WriteNumber("firstOffset", first);
                writer.WriteEndObject();
            },
            ContentType,
            problem.RetryAfter is { } delay
                ? headers => headers.RetryAfter = Math.Ceiling(delay.TotalSeconds).ToString(CultureInfo.InvariantCulture)
                : null
        );
    }

    /// <summary>A problem that is no failure of the engine's.</summary>
    public static IResult Of(int status, string code, string title, string detail, Action<IHeaderDictionary>? headers = null) =>
        new JsonResponse(
            status,
            writer =>
            {
                writer.WriteStartObject();
                writer.WriteString("type", "about:blank");
                writer.WriteString("title", title);
                writer.WriteNumber("status", status);
                writer.WriteString("detail", detail);
                writer.WriteString("code", code);
                writer.WriteEndObject();
            },
            ContentType,
            headers
        );

    /// <summary>A fault of our own: the caller learns that there was one, the log which.</summary>
    public static IResult Unexpected() =>
        Of(
            StatusCodes.Status500InternalServerError,
            "internal-error",
            "Internal error",
            "FuncQueue met a fault of its own. What was asked may have happened."
        );

    /// <summary>A failure inside an answer that concerns several messages.</summary>
    public static void WriteItem(Utf8JsonWriter writer, Failure failure)
    {
        var problem = Problem.Of(failure);
        writer.WriteStartObject();
        writer.WriteString("code", problem.Code);
        writer.WriteString("detail", problem.Detail);
        writer.WriteEndObject();
    }

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
