using FuncQueue.Engine.Topics.Log;

namespace FuncQueue.Engine.Topics.Calls;

/// <summary>The topics of this process as those see them who forward to them.</summary>
internal sealed class TopicLogs : ITopicLogs
{
    private TopicDirectory? directory;

    /// <summary>What topics know each other by is made before the directory that makes topics.</summary>
    public TopicDirectory Directory
    {
        get => directory ?? throw new InvalidOperationException("There is no directory yet.");
        set => directory = value;
    }

    public async ValueTask<ITopicLog?> FindAsync(TopicName topic, CancellationToken cancellationToken) =>
        await Directory.FindAsync(topic, cancellationToken);

    public async Task<ITopicLog?> ReadAsync(TopicName topic, CancellationToken cancellationToken) =>
        await Directory.ReadAsync(topic, cancellationToken);
}
