using FuncQueue.Engine;
using FuncQueue.Engine.Topics;
using FuncQueue.Functions.Sqs;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;

namespace FuncQueue.Functions.Timers;

/// <summary>
/// The maintenance of all queues. Each timer asks the one sweep for its part, and whichever comes first an hour after the last full pass
/// does the next; runs may overlap, with each other, with those of other processes and with dequeues.
/// </summary>
public sealed class SweepTimers(QueueEngine engine, TopicEngine topics, SqsMaintenance sqs, TimerMetrics metrics, ILogger<SweepTimers> log)
{
    /// <summary>Messages whose lease has ended become ready again.</summary>
    [Function("RedeliverExpiredLeases")]
    public Task RedeliverExpiredLeasesAsync(
        [TimerTrigger("%RedeliverExpiredLeasesSchedule%")] TimerInfo timer,
        CancellationToken cancellationToken
    ) =>
        TimerRun.UnlessStoppedAsync(
            log,
            "RedeliverExpiredLeases",
            () => SweepAsync("RedeliverExpiredLeases", SweepScope.ExpiredLeases, cancellationToken),
            cancellationToken
        );

    /// <summary>
    /// Messages past their deliveries go to the dead letters, and on to the target of an SQS redrive policy; those past their time to live
    /// are dropped, or go there too.
    /// </summary>
    [Function("DeadLetterPoisonMessages")]
    public Task DeadLetterPoisonMessagesAsync(
        [TimerTrigger("%DeadLetterPoisonMessagesSchedule%")] TimerInfo timer,
        CancellationToken cancellationToken
    ) =>
        TimerRun.UnlessStoppedAsync(
            log,
            "DeadLetterPoisonMessages",
            async () =>
            {
                await SweepAsync("DeadLetterPoisonMessages", SweepScope.Poison, cancellationToken);
                await sqs.RunAsync(cancellationToken);
            },
            cancellationToken
        );

    /// <summary>Payloads nobody refers to, what deleted queues left, and records of topics that are past retention are removed.</summary>
    [Function("SweepStorage")]
    public Task SweepStorageAsync([TimerTrigger("%SweepStorageSchedule%")] TimerInfo timer, CancellationToken cancellationToken) =>
        TimerRun.UnlessStoppedAsync(
            log,
            "SweepStorage",
            async () =>
            {
                await SweepAsync("SweepStorage", SweepScope.Storage, cancellationToken);
                await SweepTopicsAsync("SweepStorage", cancellationToken);
            },
            cancellationToken
        );

    private async Task SweepTopicsAsync(string name, CancellationToken cancellationToken)
    {
        if (!(await topics.SweepAsync(everything: false, cancellationToken)).TryGetValue(out var report, out var failure))
            TimerLog.Failed(log, name, failure.GetType().Name);
        else if (report.RecordsRemoved + report.PayloadsDeleted + report.TopicsDeleted + report.TopicsFailed > 0)
            TimerLog.SweptTopics(
                log,
                name,
                report.TopicsVisited,
                report.RecordsRemoved,
                report.PayloadsDeleted,
                report.TopicsDeleted,
                report.TopicsFailed
            );
    }

    private async Task SweepAsync(string name, SweepScope scope, CancellationToken cancellationToken)
    {
        var outcome = await engine.SweepDueAsync(scope, cancellationToken);
        metrics.Ran(name, outcome.Failure);
        if (!outcome.TryGetValue(out var report, out var failure))
            TimerLog.Failed(log, name, failure.GetType().Name);
        else if (report.Redelivered + report.DeadLettered + report.Expired + report.PayloadsDeleted + report.ShardsFailed > 0)
            TimerLog.Swept(
                log,
                name,
                report.ShardsVisited,
                report.Redelivered,
                report.DeadLettered,
                report.Expired,
                report.PayloadsDeleted,
                report.ShardsFailed
            );
    }
}
