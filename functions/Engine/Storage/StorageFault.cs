using System.Net.Sockets;
using System.Security.Authentication;
using Azure;
using Azure.Data.Tables;
using Azure.Identity;

namespace FuncQueue.Engine.Storage;

internal enum FaultKind
{
    /// <summary>The table is not there, or is being deleted: nothing happened.</summary>
    TableMissing,

    /// <summary>An entity is not as the condition wanted it, or not there, or there already: nothing happened.</summary>
    Conflict,

    /// <summary>
    /// Storage asks to slow down. A read has failed. A write was refused, most likely; but a part of storage, or something on the way to
    /// it, can answer so after another part has carried the write out. It will not be carried out later: so a read tells.
    /// </summary>
    Throttled,

    /// <summary>Storage refused or was not reached: nothing happened.</summary>
    Unavailable,

    /// <summary>The answer was lost: it may have happened, or may happen yet.</summary>
    Uncertain,
}

/// <summary>A failed storage request that is to be expected, classified.</summary>
/// <param name="FailedOperation">Of a transaction, the place of the operation that failed; otherwise 0.</param>
/// <param name="Asked">The pause that storage asked for; null: none in particular.</param>
internal readonly record struct StorageFault(FaultKind Kind, int FailedOperation, TimeSpan RetryAfter, TimeSpan? Asked = null)
{
    public static readonly TimeSpan DefaultRetryAfter = TimeSpan.FromSeconds(1);

    /// <summary>Of a write: whether it may have been carried out all the same, so that only a read of what is there tells.</summary>
    public bool MayHaveHappened => Kind is FaultKind.Uncertain or FaultKind.Throttled;

    /// <summary>
    /// As below; false, too, for a cancellation that was asked for. What fails of itself while somebody cancels is still a fault of
    /// storage.
    /// </summary>
    public static bool TryClassify(Exception exception, CancellationToken cancellationToken, out StorageFault fault)
    {
        fault = default;
        return !(cancellationToken.IsCancellationRequested && IsCancellation(exception)) && TryClassify(exception, out fault);
    }

    /// <summary>Classifies an exception of the SDK; false for one that is a defect of ours or of the service.</summary>
    public static bool TryClassify(Exception exception, out StorageFault fault)
    {
        switch (exception)
        {
            case AggregateException { InnerExceptions.Count: > 0 } many:
                // Reads only: the SDK's retries. The last attempt tells the state of things.
                return TryClassify(many.InnerExceptions[^1], out fault);
            case RequestFailedException { Status: 0, InnerException: { } inner }:
                return TryClassify(inner, out fault);
            case RequestFailedException failed:
                var operation = failed is TableTransactionFailedException { FailedTransactionActionIndex: { } index } ? index : 0;
                var asked = RetryAfterOf(failed);
                fault = new StorageFault(Classify(failed.Status, failed.ErrorCode), operation, asked ?? DefaultRetryAfter, asked);
                return failed.Status is not (400 or 411 or 413 or 415);
            case HttpRequestException
            {
                InnerException: SocketException
                {
                    SocketErrorCode: SocketError.ConnectionRefused
                        or SocketError.HostNotFound
                        or SocketError.HostUnreachable
                        or SocketError.NetworkUnreachable
                }
            }:
            case SocketException
            {
                SocketErrorCode: SocketError.ConnectionRefused
                    or SocketError.HostNotFound
                    or SocketError.HostUnreachable
                    or SocketError.NetworkUnreachable
            }:
            case HttpRequestException { InnerException: AuthenticationException }:
            case AuthenticationFailedException:
                fault = new StorageFault(FaultKind.Unavailable, 0, DefaultRetryAfter);
                return true;
            case HttpRequestException or IOException or OperationCanceledException or SocketException or RequestFailedException:
                fault = new StorageFault(FaultKind.Uncertain, 0, DefaultRetryAfter);
                return true;
            default:
                fault = default;
                return false;
        }
    }

    public Failure ToFailure() =>
        Kind switch
        {
            FaultKind.TableMissing => new Failure.QueueGone(),
            FaultKind.Throttled => new Failure.StorageThrottled(RetryAfter),
            FaultKind.Uncertain => new Failure.OutcomeUnknown(RetryAfter),
            _ => new Failure.StorageUnavailable(RetryAfter),
        };

    /// <summary>As <see cref="ToFailure"/>, for a read: a lost answer of a read changes nothing.</summary>
    public Failure ToReadFailure() => Kind == FaultKind.Uncertain ? new Failure.StorageUnavailable(RetryAfter) : ToFailure();

    private static bool IsCancellation(Exception exception) =>
        exception switch
        {
            OperationCanceledException => true,
            AggregateException { InnerExceptions: [.., var last] } => IsCancellation(last),
            RequestFailedException { Status: 0, InnerException: { } inner } => IsCancellation(inner),
            _ => false,
        };

    private static FaultKind Classify(int status, string? code) =>
        status switch
        {
            404 when code == "TableNotFound" => FaultKind.TableMissing,
            409 when code == "TableBeingDeleted" => FaultKind.TableMissing,
            404 or 409 or 412 => FaultKind.Conflict,
            429 or 503 => FaultKind.Throttled,
            401 or 403 => FaultKind.Unavailable,
            _ => FaultKind.Uncertain,
        };

    private static TimeSpan? RetryAfterOf(RequestFailedException failed)
    {
        if (
            failed.GetRawResponse() is { } response
            && response.Headers.TryGetValue("Retry-After", out var value)
            && int.TryParse(value, System.Globalization.CultureInfo.InvariantCulture, out var seconds)
            && seconds is > 0 and <= 60
        )
            return TimeSpan.FromSeconds(seconds);
        return null;
    }
}

/// <summary>
/// Carries an expected fault of a read up to where it becomes the caller's failure; an <see cref="IOException"/> to whoever reads a
/// payload.
/// </summary>
internal sealed class StorageFaultException(StorageFault fault, Exception inner) : IOException($"Storage: {fault.Kind}.", inner)
{
    public StorageFault Fault { get; } = fault;
}
