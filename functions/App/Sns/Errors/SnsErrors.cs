using FuncQueue.Engine;
using FuncQueue.Functions.Sqs.Errors;

namespace FuncQueue.Functions.Sns.Errors;

/// <summary>
/// Every error that SNS is documented to give and FuncQueue can: codes and statuses as in the service's model and its page of common
/// errors. The one place that maps the engine's failures to SNS.
/// </summary>
internal static class SnsErrors
{
    private const string Service = "com.amazonaws.sns#";

    public static SqsError TopicNotFound { get; } = NotFound("Topic does not exist");

    public static SqsError SubscriptionNotFound { get; } = NotFound("Subscription does not exist");

    public static SqsError ResourceNotFound { get; } =
        new(404, Service + "ResourceNotFoundException", "ResourceNotFound", "Resource does not exist");

    public static SqsError EmptyBatch { get; } =
        new(400, Service + "EmptyBatchRequestException", "EmptyBatchRequest", "The batch request doesn't contain any entries.");

    public static SqsError InvalidBatchEntryId { get; } =
        new(
            400,
            Service + "InvalidBatchEntryIdException",
            "InvalidBatchEntryId",
            "The Id of a batch entry can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long."
        );

    public static SqsError ConcurrentAccess { get; } =
        new(400, Service + "ConcurrentAccessException", "ConcurrentAccess", "It was changed by others again and again. Nothing happened.");

    public static SqsError TagLimitExceeded { get; } =
        new(
            400,
            Service + "TagLimitExceededException",
            "TagLimitExceeded",
            $"Could not complete request: tag quota of per resource exceeded: at most {Limits.MaxTags}."
        );

    public static SqsError NotFound(string message) => new(404, Service + "NotFoundException", "NotFound", message);

    /// <summary>A parameter that is wrong; the reason, where there is more to say than that.</summary>
    public static SqsError InvalidParameter(string name, string? reason = null) =>
        new(
            400,
            Service + "InvalidParameterException",
            "InvalidParameter",
            reason is null ? $"Invalid parameter: {name}" : $"Invalid parameter: {name} Reason: {reason}"
        );

    public static SqsError MissingParameter(string name) => InvalidParameter(name, "no value for required parameter");

    /// <summary>What is wrong with a message attribute.</summary>
    public static SqsError InvalidValue(string message) =>
        new(400, Service + "InvalidParameterValueException", "ParameterValueInvalid", message);

    public static SqsError TooManyEntries { get; } =
        new(
            400,
            Service + "TooManyEntriesInBatchRequestException",
            "TooManyEntriesInBatchRequest",
            $"The batch request contains more entries than permissible (more than {SnsLimits.MaxBatchEntries})."
        );

    public static SqsError IdsNotDistinct { get; } =
        new(
            400,
            Service + "BatchEntryIdsNotDistinctException",
            "BatchEntryIdsNotDistinct",
            "Two or more batch entries in the request have the same Id."
        );

    public static SqsError BatchTooLong(long bytes) =>
        new(
            400,
            Service + "BatchRequestTooLongException",
            "BatchRequestTooLong",
            $"The length of all the batch messages put together is more than the limit of {SnsLimits.MaxMessageBytes} bytes: {bytes}."
        );

    public static SqsError Unauthorized(string message) => new(403, Service + "AuthorizationErrorException", "AuthorizationError", message);

    /// <summary>What belongs to SNS and is not served here, named.</summary>
    public static SqsError NotServed(string what) =>
        new(
            400,
            Service + "InvalidAction",
            "InvalidAction",
            $"{what} is not served here; see \"What differs\" of the guide to AWS clients."
        );

    /// <summary>What was found while parameters were read, which is told as SQS tells it.</summary>
    public static SqsError Of(SqsError fault) =>
        fault.Type.StartsWith(Service, StringComparison.Ordinal) ? fault
        : fault.Code is "MissingParameter" or "InvalidParameterValue" ? InvalidParameter(fault.Message)
        : fault;

    /// <summary>The engine's failure of a call on a topic.</summary>
    public static SqsError From(Failure failure) =>
        failure switch
        {
            Failure.TopicNotFound or Failure.TopicDeleting => TopicNotFound,
            Failure.SubscriptionNotFound => SubscriptionNotFound,
            Failure.QueueNotFound => InvalidParameter("Endpoint", "The queue does not exist."),
            Failure.Invalid(var faults) => InvalidParameter(string.Join(' ', faults.Select(f => $"{f.Field}: {f.Detail}"))),
            Failure.TopicTypeMismatch(var detail) => InvalidParameter(detail),
            Failure.TargetFixed(var detail) => InvalidParameter(detail),
            Failure.MessageTooLarge => InvalidParameter("Message too long"),
            Failure.SubscriptionLimit => new(
                403,
                Service + "SubscriptionLimitExceededException",
                "SubscriptionLimitExceeded",
                $"A topic has at most {Limits.MaxSubscriptions} subscriptions."
            ),
            Failure.PreconditionFailed => ConcurrentAccess,
            Failure.Overloaded or Failure.StorageThrottled => new(
                429,
                Service + "ThrottledException",
                "Throttled",
                "The rate of requests exceeds what is served now. Nothing happened."
            ),
            Failure.FiltersNewer => Unavailable("A later version of FuncQueue has written filters of this topic. Nothing happened."),
            Failure.EarlierFailed => Unavailable("An earlier message of the same group was not stored. Nothing happened."),
            _ => SqsErrors.From(failure),
        };

    private static SqsError Unavailable(string message) => new(503, Service + "ServiceUnavailable", "ServiceUnavailable", message);
}
