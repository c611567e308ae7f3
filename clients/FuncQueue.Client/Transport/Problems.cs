using System.Text.Json;
using FuncQueue.Client.Json;

namespace FuncQueue.Client.Transport;

/// <summary>Answers that tell of a failure.</summary>
internal static class Problems
{
    /// <summary>The problem in an answer; null where it has none. It may be read again.</summary>
    public static async Task<WireProblem?> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.Content.Headers.ContentType?.MediaType is not ("application/problem+json" or "application/json"))
            return null;
        try
        {
            await response.Content.LoadIntoBufferAsync(cancellationToken);
            var bytes = await response.Content.ReadAsByteArrayAsync(cancellationToken);
            return JsonSerializer.Deserialize(bytes, WireJson.Default.WireProblem);
        }
        catch (Exception error) when (error is JsonException or HttpRequestException or IOException)
        {
            return null;
        }
    }

    public static async Task<FuncQueueException> ToExceptionAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var problem = await ReadAsync(response, cancellationToken);
        var reason = Wire.Reason(problem?.Code);
        if (reason == FuncQueueErrorReason.Unknown)
        {
            reason = RepeatRule.Judge(response.StatusCode, problem?.Code, null) switch
            {
                AttemptOutcome.NothingHappened => FuncQueueErrorReason.Overloaded,
                AttemptOutcome.Uncertain => FuncQueueErrorReason.OutcomeUnknown,
                _ => reason,
            };
        }

        // The server knows its ids by their form. Whoever asks for another one asks for a message that is not there.
        if (reason == FuncQueueErrorReason.InvalidRequest && problem?.Errors is [{ Field: "messageId" }])
            reason = FuncQueueErrorReason.MessageNotFound;
        return new FuncQueueException(reason, problem?.Detail ?? $"The server answered {(int)response.StatusCode}.")
        {
            Code = problem?.Code,
            Status = response.StatusCode,
            RetryAfter = response.Headers.RetryAfter?.Delta,
            Errors = problem?.Errors ?? [],
            NextOffset = problem?.NextOffset,
        };
    }

    /// <summary>What a failure means of which there is no answer.</summary>
    public static FuncQueueException ToException(Exception error, Uri endpoint) =>
        RepeatRule.Judge(null, null, error) == AttemptOutcome.NothingHappened
            ? new FuncQueueException(FuncQueueErrorReason.Unreachable, $"{endpoint} cannot be reached: {error.Message}", error)
            : new FuncQueueException(FuncQueueErrorReason.OutcomeUnknown, $"The answer of {endpoint} was lost: {error.Message}", error);
}
