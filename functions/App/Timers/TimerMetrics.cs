using System.Diagnostics;
using System.Diagnostics.Metrics;
using FuncQueue.Engine;

namespace FuncQueue.Functions.Timers;

/// <summary>Counts the runs of timers, so that somebody is told when they stop. A run that throws counts for nothing.</summary>
public sealed class TimerMetrics(IMeterFactory meters)
{
    private readonly Counter<long> runs = meters
        .Create(QueueEngine.MeterName)
        .CreateCounter<long>("funcqueue.timer.runs", "{run}", "Runs of a timer that came to their end.");

    internal void Ran(string timer, Failure? failure)
    {
        var tags = new TagList { { "funcqueue.timer.name", timer } };
        if (failure is not null)
            tags.Add("error.type", failure.GetType().Name);
        runs.Add(1, tags);
    }
}
