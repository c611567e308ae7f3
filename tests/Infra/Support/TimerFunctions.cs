using System.Reflection;
using FuncQueue.Functions.Timers;
using Microsoft.Azure.Functions.Worker;

namespace FuncQueue.Infra.Tests.Support;

/// <summary>The app's timers, found by their attributes.</summary>
public static class TimerFunctions
{
    private static readonly IReadOnlyList<(string Name, string Setting)> All =
    [
        .. from method in typeof(SweepTimers).Assembly.GetTypes().SelectMany(type => type.GetMethods())
        from parameter in method.GetParameters()
        let timer = parameter.GetCustomAttribute<TimerTriggerAttribute>()
        where timer is not null
        select (method.GetCustomAttribute<FunctionAttribute>()!.Name, timer.Schedule.Trim('%')),
    ];

    public static IReadOnlyList<string> Names { get; } = [.. All.Select(timer => timer.Name)];

    /// <summary>The settings that timers have their schedules from.</summary>
    public static IReadOnlyList<string> ScheduleSettings { get; } = [.. All.Select(timer => timer.Setting)];
}
