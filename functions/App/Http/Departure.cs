using FuncQueue.Engine;

namespace FuncQueue.Functions.Http;

/// <summary>
/// The end of a call before its answer: the caller has gone, or the Functions host has cancelled the invocation, as it does when it stops
/// and when the time of a function is over. Nothing of that is a fault.
/// </summary>
internal static class Departure
{
    /// <summary>Whether the call is to end now.</summary>
    public static bool IsCalledFor(HttpRequest request, CancellationToken invocation) =>
        invocation.IsCancellationRequested || request.HttpContext.RequestAborted.IsCancellationRequested;

    /// <summary>What ending a call looks like; after several attempts at storage, all of them in one exception.</summary>
    public static bool Caused(Exception exception) =>
        exception is OperationCanceledException or IOException
        || (exception is AggregateException { InnerExceptions: [.., var last] } && Caused(last));

    /// <summary>
    /// The answer: for a caller who has gone it is only ever seen in logs; one who still waits learns that the call was cut.
    /// </summary>
    public static IResult Answer(HttpRequest request) =>
        request.HttpContext.RequestAborted.IsCancellationRequested
            ? new EmptyResponse(StatusCodes.Status499ClientClosedRequest)
            : Problems.From(new Failure.OutcomeUnknown(TimeSpan.FromSeconds(1)));
}

/// <summary>An answer whose reader may leave while it is sent: the worker would call that a failed function.</summary>
internal sealed class DepartureTolerant(IResult answer) : IResult
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        try
        {
            await answer.ExecuteAsync(httpContext);
        }
        catch (Exception exception) when (httpContext.RequestAborted.IsCancellationRequested && Departure.Caused(exception))
        {
            // Nobody is left to read it.
        }
    }
}
