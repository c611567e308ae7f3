using System.Globalization;
using FuncQueue.Engine;

namespace FuncQueue.Functions.Sqs.Errors;

/// <summary>
/// Every error that SQS is documented to give and FuncQueue can: names, codes and statuses as in the service's model and its page of
/// common errors. The one place that maps the engine's failures to SQS.
/// </summary>
internal static class SqsErrors
{
    private const string Service = "com.amazonaws.sqs#";
    private const string Common = "com.amazon.coral.service#";
    private const string Legacy = "AWS.SimpleQueueService.";

    public static SqsError QueueDoesNotExist { get; } =
        new(400, Service + "QueueDoesNotExist", Legacy + "NonExistentQueue", "The specified queue does not exist.")
        {
            QueryMessage = "The specified queue does not exist for this wsdl version.",
        };

    public static SqsError QueueDeletedRecently { get; } =
        new(
            400,
            Service + "QueueDeletedRecently",
            Legacy + "QueueDeletedRecently",
            "You must wait 60 seconds after deleting a queue before you can create another with the same name."
        );

    public static SqsError ReceiptHandleIsInvalid { get; } =
        new(404, Service + "ReceiptHandleIsInvalid", "ReceiptHandleIsInvalid", "The input receipt handle is invalid.");

    public static SqsError MessageNotInflight { get; } =
        new(400, Service + "MessageNotInflight", Legacy + "MessageNotInflight", "The message referred to is not in flight.");

    public static SqsError EmptyBatch { get; } =
        new(400, Service + "EmptyBatchRequest", Legacy + "EmptyBatchRequest", "There should be at least one entry in the batch request.");

    public static SqsError InvalidBatchEntryId { get; } =
        new(
            400,
            Service + "InvalidBatchEntryId",
            Legacy + "InvalidBatchEntryId",
            "A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long."
        );

    public static SqsError InternalFailure { get; } =
        new(500, Common + "InternalFailure", "InternalFailure", "FuncQueue met a fault of its own. What was asked may have happened.");

    public static SqsError RequestTooLong(int limit) =>
        new(413, Common + "RequestEntityTooLarge", "RequestEntityTooLarge", $"HTTP content length exceeded {limit} bytes.");

    public static SqsError QueueNameExists(string attribute) =>
        new(
            400,
            Service + "QueueNameExists",
            "QueueAlreadyExists",
            $"A queue already exists with the same name and a different value for attribute {attribute}"
        );

    public static SqsError PurgeQueueInProgress(QueueName queue) =>
        new(
            403,
            Service + "PurgeQueueInProgress",
            Legacy + "PurgeQueueInProgress",
            $"Only one PurgeQueue operation on {queue} is allowed every 60 seconds."
        );

    public static SqsError TooManyEntries(int count) =>
        new(
            400,
            Service + "TooManyEntriesInBatchRequest",
            Legacy + "TooManyEntriesInBatchRequest",
            $"Maximum number of entries per request are {SqsLimits.MaxBatchEntries}. You have sent {count}."
        );

    public static SqsError IdsNotDistinct(string id) =>
        new(400, Service + "BatchEntryIdsNotDistinct", Legacy + "BatchEntryIdsNotDistinct", $"Id {id} repeated.");

    public static SqsError BatchTooLong(long bytes) =>
        new(
            400,
            Service + "BatchRequestTooLong",
            Legacy + "BatchRequestTooLong",
            $"Batch requests cannot be longer than {SqsLimits.MaxMessageBytes} bytes. You have sent {bytes} bytes."
        );

    public static SqsError InvalidAddress(string address) =>
        new(404, Service + "InvalidAddress", "InvalidAddress", $"The address {address} is not valid for this endpoint.");

    public static SqsError InvalidAttributeName(string message) =>
        new(400, Service + "InvalidAttributeName", "InvalidAttributeName", message);

    public static SqsError UnknownAttribute(string name) => InvalidAttributeName($"Unknown Attribute {name}.");

    public static SqsError InvalidAttributeValue(string name, string? reason = null) =>
        new(
            400,
            Service + "InvalidAttributeValue",
            "InvalidAttributeValue",
            reason is null ? $"Invalid value for the parameter {name}." : $"Invalid value for the parameter {name}. Reason: {reason}"
        );

    public static SqsError InvalidMessageContents(string message) =>
        new(400, Service + "InvalidMessageContents", "InvalidMessageContents", message);

    public static SqsError OverLimit(string message) => new(403, Service + "OverLimit", "OverLimit", message);

    public static SqsError UnsupportedOperation(string message) =>
        new(400, Service + "UnsupportedOperation", Legacy + "UnsupportedOperation", message);

    public static SqsError ResourceNotFound(string message) =>
        new(404, Service + "ResourceNotFoundException", "ResourceNotFoundException", message);

    public static SqsError InvalidParameter(string message) =>
        new(400, Common + "InvalidParameterValueException", "InvalidParameterValue", message);

    public static SqsError InvalidParameter(string name, object value, string reason) =>
        InvalidParameter(string.Create(CultureInfo.InvariantCulture, $"Value {value} for parameter {name} is invalid. Reason: {reason}"));

    /// <summary>What a parameter of the other type of queue is told.</summary>
    public static SqsError NotForThisQueueType(string name, object value) =>
        InvalidParameter(name, value, "The request include parameter that is not valid for this queue type.");

    public static SqsError MissingParameter(string name) =>
        new(400, Common + "MissingRequiredParameterException", "MissingParameter", $"The request must contain the parameter {name}.");

    public static SqsError Serialization(string message) => new(400, Common + "SerializationException", "MalformedInput", message);

    public static SqsError MalformedQueryString(string message) =>
        new(404, Common + "MalformedQueryString", "MalformedQueryString", message);

    public static SqsError MissingAction { get; } =
        new(400, Common + "MissingAction", "MissingAction", "The request names no action: neither X-Amz-Target nor Action.");

    /// <summary>What a GET is told that names no action.</summary>
    public static SqsError UnknownOperation { get; } =
        new(404, Common + "UnknownOperationException", "UnknownOperationException", "The request names no action.");

    public static SqsError UnknownAction(string action) =>
        new(400, Common + "UnknownOperationException", "InvalidAction", $"The action {action} is not valid for this endpoint.");

    public static SqsError AccessDenied(string message) => new(403, Common + "AccessDeniedException", "AccessDenied", message);

    public static SqsError MissingAuthentication { get; } =
        new(403, Common + "MissingAuthenticationTokenException", "MissingAuthenticationToken", "Request is missing Authentication Token");

    public static SqsError IncompleteSignature(string message) =>
        new(400, Common + "IncompleteSignatureException", "IncompleteSignature", message);

    public static SqsError UnknownKey { get; } =
        new(403, Common + "UnrecognizedClientException", "InvalidClientTokenId", "The security token included in the request is invalid.");

    public static SqsError SignatureDoesNotMatch(string message) =>
        new(403, Common + "InvalidSignatureException", "SignatureDoesNotMatch", message);

    public static SqsError RequestExpired(string message) => new(400, Common + "RequestExpired", "RequestExpired", message);

    /// <summary>The engine's failure of a call on a queue.</summary>
    public static SqsError From(Failure failure) =>
        failure switch
        {
            Failure.QueueNotFound => QueueDoesNotExist,
            Failure.Invalid(var faults) => InvalidParameter(string.Join(' ', faults.Select(f => $"{f.Field}: {f.Detail}"))),
            Failure.QueueTypeMismatch(var detail) => InvalidParameter(detail),
            Failure.QueuePaused => UnsupportedOperation("The queue is paused by its operator: its state refuses this. Nothing happened."),
            Failure.MessageTooLarge => InvalidParameter(
                $"One or more parameters are invalid. Reason: Message must be shorter than {SqsLimits.MaxMessageBytes} bytes."
            ),
            Failure.MessageNotFound => InvalidParameter("The message does not exist."),
            Failure.Overloaded or Failure.StorageThrottled => new(
                403,
                Service + "RequestThrottled",
                "RequestThrottled",
                "The request was denied due to request throttling. Nothing happened."
            ),
            Failure.OutcomeUnknown => Unavailable("The answer of storage was lost: it may have happened."),
            Failure.StorageUnavailable => Unavailable("Storage does not answer, or refuses. Nothing happened."),
            Failure.PreconditionFailed => Unavailable("The queue was changed by others again and again. Nothing happened."),
            _ => throw new InvalidOperationException($"{failure.GetType().Name} has no place in SQS."),
        };

    private static SqsError Unavailable(string message) => new(503, Common + "ServiceUnavailable", "ServiceUnavailable", message);
}
