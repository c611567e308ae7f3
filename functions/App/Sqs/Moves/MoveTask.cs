using System.Text.Json;
using System.Text.Json.Serialization;
using FuncQueue.Engine;
using FuncQueue.Functions.Sqs.Queues;

namespace FuncQueue.Functions.Sqs.Moves;

/// <summary>Where a task stands that moves messages out of a dead-letter queue.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<MoveTaskStatus>))]
internal enum MoveTaskStatus
{
    Running,
    Completed,
    Cancelling,
    Cancelled,
    Failed,
}

/// <summary>A task that moves messages out of a dead-letter queue, as that queue keeps it among its annotations.</summary>
internal sealed record MoveTask
{
    public required Guid Id { get; init; }

    /// <summary>Where the messages go; null: each to the queue that it came from.</summary>
    public string? Destination { get; init; }

    /// <summary>Most messages in a second; null: as fast as can be.</summary>
    public int? Rate { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public MoveTaskStatus Status { get; init; }

    /// <summary>The messages that were there at the start; no more are moved.</summary>
    public long ToMove { get; init; }

    public long Moved { get; init; }

    public string? FailureReason { get; init; }

    /// <summary>Until when the process that works on it has it to itself; it is another's when that has passed.</summary>
    public DateTimeOffset? HeldUntil { get; init; }

    /// <summary>Names that process.</summary>
    public Guid? HeldBy { get; init; }

    [JsonIgnore]
    public bool IsActive => Status is MoveTaskStatus.Running or MoveTaskStatus.Cancelling;

    /// <summary>The reason that the messages have as dead letters while they are on their way, by which they are found again.</summary>
    [JsonIgnore]
    public string Reason => $"{ReasonPrefix}{Id}";

    private const string ReasonPrefix = "sqs-message-move:";

    /// <summary>Whether dead letters of this reason are on their way with a task, whichever.</summary>
    public static bool IsReason(string? reason) => reason?.StartsWith(ReasonPrefix, StringComparison.Ordinal) == true;
}

/// <summary>The tasks of a dead-letter queue, the latest first; of those that have ended, the last few.</summary>
internal static partial class MoveTasks
{
    /// <summary>Most tasks that are kept: as many as ListMessageMoveTasks shows at most.</summary>
    public const int Kept = 10;

    private const string Name = "MoveTasks";

    public static IReadOnlyList<MoveTask> Of(QueueSettings settings) =>
        settings.Note(Name) is { } text ? JsonSerializer.Deserialize(text, TasksJson.Default.ListMoveTask)! : [];

    /// <summary>Puts a task in, in the place of its earlier self or before all.</summary>
    public static void Put(QueueDraft draft, MoveTask task)
    {
        var tasks = Of(draft.Settings).ToList();
        var at = tasks.FindIndex(t => t.Id == task.Id);
        if (at < 0)
            tasks.Insert(0, task);
        else
            tasks[at] = task;
        draft.Note(Name, JsonSerializer.Serialize(tasks.Take(Kept).ToList(), TasksJson.Default.ListMoveTask));
    }

    [JsonSerializable(typeof(List<MoveTask>))]
    [JsonSourceGenerationOptions(
        PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
    )]
    private sealed partial class TasksJson : JsonSerializerContext;
}
