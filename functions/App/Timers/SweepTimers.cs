using FuncQueue.Engine;
using FuncQueue.Functions.Sqs;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;

namespace FuncQueue.Functions.Timers;

/// <summary>
/// The maintenance of all queues. Each timer asks the one sweep for its part; runs may overlap, with each other, with those of other
/// processes and with dequeues.
/// </summary>
public sealed class SweepTimers(QueueEngine engine, SqsMaintenance sqs, TimeProvider time, ILogger<SweepTimers> log)
{
    /// <summary>Messages whose lease has ended become ready again.</summary>
    [Function("RedeliverExpiredLeases")]
    public Task RedeliverExpiredLeasesAsync([TimerTrigger("%RedeliverExpiredLeasesSchedule%")] TimerInfo timer, CancellationToken cancellationToken) =>
        SweepAsync("RedeliverExpiredLeases", SweepScope.ExpiredLeases, everything: false, cancellationToken);

    /// <summary>
    /// Messages past their deliveries go to the dead letters, and on to the target of an SQS redrive policy; those past their time to live
    /// are dropped, or go there too.
    /// </summary>
    [Function("DeadLetterPoisonMessages")]
    public async Task DeadLetterPoisonMessagesAsync([TimerTrigger("%DeadLetterPoisonMessagesSchedule%")] TimerInfo timer, CancellationToken cancellationToken)
    {
        await SweepAsync("DeadLetterPoisonMessages", SweepScope.Poison, everything: false, cancellationToken);
        await sqs.RunAsync(cancellationToken);
    }

    /// <summary>Payloads nobody refers to and what deleted queues left are removed. In the first minutes of an hour every shard is visited, marked or not.</summary>
    [Function("SweepStorage")]
    public Task SweepStorageAsync([TimerTrigger("%SweepStorageSchedule%")] TimerInfo timer, CancellationToken cancellationToken)
    {
        var everything = time.GetUtcNow().Minute < 5;
        return SweepAsync("SweepStorage", everything ? SweepScope.All : SweepScope.Storage, everything, cancellationToken);
    }

    private async Task SweepAsync(string name, SweepScope scope, bool everything, CancellationToken cancellationToken)
    {
        var outcome = await engine.SweepAsync(scope, everything, cancellationToken);
        if (!outcome.TryGetValue(out var report, out var failure))
            TimerLog.Failed(log, name, failure.GetType().Name);
        else if (report.Redelivered + report.DeadLettered + report.Expired + report.PayloadsDeleted + report.ShardsFailed > 0)
            TimerLog.Swept(log, name, report.ShardsVisited, report.Redelivered, report.DeadLettered, report.Expired, report.PayloadsDeleted, report.ShardsFailed);
    }
}

internal static partial class TimerLog
{
    [LoggerMessage(501, LogLevel.Warning, "{Timer} could not run ({Failure}); it runs again when its schedule says.")]
    public static partial void Failed(ILogger log, string timer, string failure);

    [LoggerMessage(502, LogLevel.Information, "{Timer} visited {Shards} shards: {Redelivered} messages ready again, {DeadLettered} dead-lettered, {Expired} expired, {Payloads} payloads deleted; {Failed} shards failed.")]
    public static partial void Swept(ILogger log, string timer, int shards, long redelivered, long deadLettered, long expired, long payloads, int failed);
}
