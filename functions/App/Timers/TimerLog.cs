using Microsoft.Extensions.Logging;

namespace FuncQueue.Functions.Timers;

internal static partial class TimerLog
{
    [LoggerMessage(501, LogLevel.Warning, "{Timer} could not run ({Failure}); it runs again when its schedule says.")]
    public static partial void Failed(ILogger log, string timer, string failure);

    [LoggerMessage(503, LogLevel.Information, "{Timer} was stopped; it goes on when its schedule says.")]
    public static partial void Stopped(ILogger log, string timer);

    [LoggerMessage(
        502,
        LogLevel.Information,
        "{Timer} visited {Shards} shards: {Redelivered} messages ready again, {DeadLettered} dead-lettered, {Expired} "
            + "expired, {Payloads} payloads deleted; {Failed} shards failed."
    )]
    public static partial void Swept(
        ILogger log,
        string timer,
        int shards,
        long redelivered,
        long deadLettered,
        long expired,
        long payloads,
        int failed
    );

    [LoggerMessage(504, LogLevel.Information, "{Timer} visited {Topics} topics; {Left} of them have still something to forward.")]
    public static partial void Forwarded(ILogger log, string timer, int topics, int left);

    [LoggerMessage(
        505,
        LogLevel.Information,
        "{Timer} visited {Topics} topics: {Records} records and {Payloads} payloads removed, {Deleted} topics deleted; {Failed} failed."
    )]
    public static partial void SweptTopics(ILogger log, string timer, int topics, int records, int payloads, int deleted, int failed);
}
