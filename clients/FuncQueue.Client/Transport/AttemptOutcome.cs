using System.Net;

namespace FuncQueue.Client.Transport;

/// <summary>What is known after one attempt of a request.</summary>
internal enum AttemptOutcome
{
    /// <summary>The server answered; the answer is final.</summary>
    Final,

    /// <summary>It surely had no effect, and may have one later.</summary>
    NothingHappened,

    /// <summary>It may have had its effect, or not.</summary>
    Uncertain,
}

/// <summary>Our own rule of what may be repeated, from what the HTTP API promises of its codes.</summary>
internal static class RepeatRule
{
    /// <param name="status">The status of the answer; null: there was none.</param>
    /// <param name="code">The code of the problem in the answer, if there was one.</param>
    /// <param name="error">What was thrown instead of an answer.</param>
    public static AttemptOutcome Judge(HttpStatusCode? status, string? code, Exception? error) =>
        status switch
        {
            null => OfError(error),
            HttpStatusCode.TooManyRequests => AttemptOutcome.NothingHappened,
            // Of the codes with 503 all but this one say that nothing happened; without a code it is a gateway that speaks.
            HttpStatusCode.ServiceUnavailable => code is null or "outcome-unknown"
                ? AttemptOutcome.Uncertain
                : AttemptOutcome.NothingHappened,
            HttpStatusCode.InternalServerError or HttpStatusCode.BadGateway or HttpStatusCode.GatewayTimeout => AttemptOutcome.Uncertain,
            HttpStatusCode.RequestTimeout => AttemptOutcome.Uncertain,
            _ => AttemptOutcome.Final,
        };

    public static bool MayRepeat(Repetition repetition, AttemptOutcome outcome) =>
        outcome switch
        {
            AttemptOutcome.NothingHappened => repetition != Repetition.Never,
            AttemptOutcome.Uncertain => repetition == Repetition.Always,
            _ => false,
        };

    private static AttemptOutcome OfError(Exception? error) =>
        error switch
        {
            // Without a connection no request was written.
            HttpRequestException
            {
                HttpRequestError: HttpRequestError.NameResolutionError
                    or HttpRequestError.ConnectionError
                    or HttpRequestError.SecureConnectionError
                    or HttpRequestError.ProxyTunnelError
            } => AttemptOutcome.NothingHappened,
            HttpRequestException or IOException or TimeoutException or Polly.Timeout.TimeoutRejectedException => AttemptOutcome.Uncertain,
            _ => AttemptOutcome.Final,
        };
}
