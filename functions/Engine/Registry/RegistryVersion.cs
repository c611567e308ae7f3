using Azure.Data.Tables;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Registry;

/// <summary>
/// One row that changes, in the same transaction, whenever a queue is created, changed or deleted, and another one for topics. A process
/// that knows many of them reads this row now and then instead of each of theirs: what it has read of them holds as long as the row is the
/// same.
/// </summary>
/// <param name="key">One of the keys below.</param>
internal sealed class RegistryVersion(EngineContext context, RegistryTable table, string key)
{
    public const string Queues = "v:queues";
    public const string Topics = "v:topics";

    private readonly Lock gate = new();
    private volatile Reading? latest;
    private Task<Reading>? reading;

    /// <summary>What was last read; null: nothing yet. What is read of a queue afterwards is at least as new.</summary>
    public Reading? Latest => latest;

    /// <summary>To be carried out with each change of a queue, or topic.</summary>
    public static TableTransactionAction Change(string key) =>
        new(TableTransactionActionType.UpsertReplace, new TableEntity(RegistryKeys.Partition, key) { ["Change"] = Guid.NewGuid() });

    /// <summary>The version, not older than <paramref name="age"/>; callers that come meanwhile share the read.</summary>
    public Task<Reading> ReadAsync(TimeSpan age)
    {
        lock (gate)
        {
            if (latest is { } known && context.Time.GetElapsedTime(known.At) < age)
                return Task.FromResult(known);
            return reading ??= ReadAsync();
        }
    }

    private async Task<Reading> ReadAsync()
    {
        // Yields first, so that the field is set before the task can clear it.
        await Task.Yield();
        var at = context.Time.GetTimestamp();
        try
        {
            // Before the first change there is no such row, which is a version, too.
            var row = await table.ReadAsync(key, CancellationToken.None);
            return latest = new Reading(row?.StoredETag().ToString("H") ?? "", at);
        }
        finally
        {
            lock (gate)
                reading = null;
        }
    }

    /// <param name="At">When the read began.</param>
    public sealed record Reading(string Version, long At);
}
