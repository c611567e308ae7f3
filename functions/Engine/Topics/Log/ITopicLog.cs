using FuncQueue.Engine.Payloads;
using FuncQueue.Engine.Registry;

namespace FuncQueue.Engine.Topics.Log;

/// <summary>One generation of a topic in this process, as whoever forwards to it sees it.</summary>
internal interface ITopicLog
{
    TopicName Name { get; }

    string Table { get; }

    /// <summary>Whether nothing more is stored in it.</summary>
    bool IsDeleting { get; }

    PayloadStore Payloads { get; }

    ActivityMarker Activity { get; }

    /// <summary>By partition.</summary>
    IReadOnlyList<PartitionLog> Logs { get; }
}

/// <summary>Finds the topics that others forward to.</summary>
internal interface ITopicLogs
{
    /// <summary>The topic as this process knows it, or null when there is none.</summary>
    ValueTask<ITopicLog?> FindAsync(TopicName topic, CancellationToken cancellationToken);

    /// <summary>The topic as it is after the call began.</summary>
    Task<ITopicLog?> ReadAsync(TopicName topic, CancellationToken cancellationToken);
}
