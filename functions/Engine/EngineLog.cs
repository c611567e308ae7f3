using Microsoft.Extensions.Logging;

namespace FuncQueue.Engine;

/// <summary>
/// Every log line of the engine. Never a receipt, a body, an attribute or a consumer's reason. Ids: 1xx storage, 2xx delivery, 3xx sweep.
/// </summary>
internal static partial class EngineLog
{
    [LoggerMessage(101, LogLevel.Error, "Row {Table}/{Partition}/{Row} cannot be read by this version and is left untouched.")]
    public static partial void UnreadableRow(ILogger log, Exception exception, string table, string partition, string row);

    [LoggerMessage(
        102,
        LogLevel.Warning,
        "The clock of this process is {Offset} off from storage's: nothing is handed out until it is within {Bound}."
    )]
    public static partial void ClockOff(ILogger log, TimeSpan offset, TimeSpan bound);

    [LoggerMessage(103, LogLevel.Warning, "The answer of a write to {Table}/{Partition} was lost; looking again.")]
    public static partial void AnswerLost(ILogger log, string table, string partition);

    [LoggerMessage(
        104,
        LogLevel.Error,
        "A queue lies in the storage account {Account}, which FuncQueueStorage does not name: it cannot be reached."
    )]
    public static partial void UnknownAccount(ILogger log, string account);

    [LoggerMessage(201, LogLevel.Error, "The {Loop} loop of {Table}/{Partition} met an unexpected fault; its callers got an error.")]
    public static partial void LoopFailed(ILogger log, Exception exception, string loop, string table, string partition);

    [LoggerMessage(202, LogLevel.Information, "A lease had ended before its write returned; the message was not handed out.")]
    public static partial void LeaseEndedEarly(ILogger log);

    [LoggerMessage(203, LogLevel.Debug, "{Count} messages of {Queue} were dead-lettered: {Reason}.")]
    public static partial void DeadLettered(ILogger log, int count, string queue, string reason);

    [LoggerMessage(301, LogLevel.Warning, "Shard {Partition} of {Table} could not be swept; the next run tries again.")]
    public static partial void SweepFailed(ILogger log, Exception exception, string table, string partition);

    [LoggerMessage(302, LogLevel.Information, "Queue {Queue} was created ({Table}).")]
    public static partial void QueueCreated(ILogger log, string queue, string table);

    [LoggerMessage(303, LogLevel.Information, "Queue {Queue} was deleted ({Table}).")]
    public static partial void QueueDeleted(ILogger log, string queue, string table);

    [LoggerMessage(304, LogLevel.Warning, "A payload of {Table} could not be removed now; a sweep will.")]
    public static partial void PayloadLeft(ILogger log, Exception exception, string table);

    [LoggerMessage(
        305,
        LogLevel.Warning,
        "What is left of {Table}, which belongs to no queue, could not be removed; the next run tries again."
    )]
    public static partial void LeftoverKept(ILogger log, Exception exception, string table);

    [LoggerMessage(
        306,
        LogLevel.Error,
        "The registry row {Row} cannot be read by this version and is left untouched; its queue cannot be reached."
    )]
    public static partial void UnreadableQueue(ILogger log, Exception exception, string row);

    [LoggerMessage(307, LogLevel.Error, "The key's row {Row} cannot be read by this version and is left untouched: it opens nothing here.")]
    public static partial void UnreadableKey(ILogger log, Exception exception, string row);

    [LoggerMessage(308, LogLevel.Warning, "The figures of queue {Queue} could not be written; the next run tries again.")]
    public static partial void FiguresNotWritten(ILogger log, Exception exception, string queue);

    [LoggerMessage(311, LogLevel.Information, "Topic {Topic} was created ({Table}).")]
    public static partial void TopicCreated(ILogger log, string topic, string table);

    [LoggerMessage(312, LogLevel.Information, "Topic {Topic} was deleted ({Table}).")]
    public static partial void TopicDeleted(ILogger log, string topic, string table);

    [LoggerMessage(
        314,
        LogLevel.Error,
        "Subscription {Subscription} into topic {Topic}: the payload of record {Partition}/{Offset} is gone, so the record is left out."
    )]
    public static partial void ForwardedPayloadLost(ILogger log, string subscription, string topic, int partition, long offset);

    [LoggerMessage(313, LogLevel.Warning, "Topic {Topic} could not be swept; the next run tries again.")]
    public static partial void TopicSweepFailed(ILogger log, Exception exception, string topic);
}
