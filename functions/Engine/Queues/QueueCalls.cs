using FuncQueue.Engine.Registry;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Queues;

/// <summary>Runs the operations of one process on its queues.</summary>
internal sealed class QueueCalls(EngineContext context, QueueDirectory directory)
    : GenerationCalls<QueueName, QueueRecord, QueueRuntime>(context, directory)
{
    /// <summary>For calls that leave nothing behind where they find the queue gone, and mean whatever queue has the name.</summary>
    public static readonly Func<bool> Always = () => true;

    /// <summary>
    /// Another process may have raised the number of shards since this one read the settings: a message or receipt that names a shard
    /// unknown here is reason to read them again.
    /// </summary>
    public async Task KnowShardsAsync(QueueRuntime runtime, int shards, CancellationToken cancellationToken)
    {
        if (shards > runtime.Shards.Count)
            await Directory.RefreshAsync(runtime.Name).WaitAsync(cancellationToken);
    }

    /// <summary>As above, for the shard of a message.</summary>
    public async Task<Inspection> InspectAsync(QueueRuntime runtime, MessageId message, CancellationToken cancellationToken)
    {
        if (MessageLocation.TryParse(message, out var location))
            await KnowShardsAsync(runtime, location.Shard + 1, cancellationToken);
        return new Inspection(Context, runtime);
    }

    /// <summary>The failure of a call that was carried out in part: that nothing happened is not true of it.</summary>
    public static Failure InPart(Failure failure) => failure.InPart();

    protected override Failure NotFound(QueueName name) => new Failure.QueueNotFound(name);
}
