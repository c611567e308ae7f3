using FuncQueue.Engine.Topics;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;

namespace FuncQueue.Functions.Timers;

/// <summary>
/// Forwards what those who published it have left: their process was stopped, or storage kept them from it. Runs may overlap, with each
/// other and with those who publish.
/// </summary>
public sealed class ForwardTimer(TopicEngine topics, TimerMetrics metrics, ILogger<ForwardTimer> log)
{
    private const string Name = "ForwardSubscriptions";

    [Function(Name)]
    public Task ForwardSubscriptionsAsync(
        [TimerTrigger("%ForwardSubscriptionsSchedule%")] TimerInfo timer,
        CancellationToken cancellationToken
    ) =>
        TimerRun.UnlessStoppedAsync(
            log,
            Name,
            async () =>
            {
                var outcome = await topics.ForwardSubscriptionsAsync(cancellationToken);
                metrics.Ran(Name, outcome.Failure);
                if (!outcome.TryGetValue(out var report, out var failure))
                    TimerLog.Failed(log, Name, failure.GetType().Name);
                else if (report.Left > 0)
                    TimerLog.Forwarded(log, Name, report.Visited, report.Left);
            },
            cancellationToken
        );
}
