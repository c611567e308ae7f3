namespace Microsoft.Azure.Functions.Worker;

/// <summary>Marks the timer parameter of a function. Stands in for the attribute of the isolated worker.</summary>
/// <param name="schedule">NCRONTAB of five or six fields, in UTC, or <c>%Setting%</c> that holds one.</param>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class TimerTriggerAttribute(string schedule) : Attribute
{
    public string Schedule { get; } = schedule;
}

/// <summary>What a timer function is told of its schedule.</summary>
public class TimerInfo
{
    public ScheduleStatus? ScheduleStatus { get; set; }

    /// <summary>Whether the run is later than it should have been.</summary>
    public bool IsPastDue { get; set; }
}

/// <summary>When a timer ran last, and runs next; UTC.</summary>
public class ScheduleStatus
{
    public DateTime Last { get; set; }

    public DateTime Next { get; set; }

    public DateTime LastUpdated { get; set; }
}
