using FuncQueue.Client.Reading;
using FuncQueue.Client.Running;

namespace FuncQueue.Client;

/// <summary>
/// A member of a group that reads a topic: runs a handler for the records of its share of the partitions, each partition in order,
/// partitions side by side, and commits what was handled. As members come and go, partitions change hands; what was handed over in an
/// orderly way comes to no two of them.
/// </summary>
public class FuncQueueGroupReader : IAsyncDisposable
{
    private readonly Restartable<ReaderRun> runs;

    /// <summary>For mocks.</summary>
    protected FuncQueueGroupReader()
    {
        (TopicName, GroupName, MemberName) = ("", "", "");
        runs = new("mock", () => throw new NotSupportedException("A mock starts nothing."));
    }

    internal FuncQueueGroupReader(GroupCalls calls, string member, Func<ReaderRun> begin)
    {
        (TopicName, GroupName, MemberName, runs) = (calls.Topic, calls.Group, member, new("reader", begin));
    }

    /// <summary>The topic.</summary>
    public virtual string TopicName { get; }

    /// <summary>The group.</summary>
    public virtual string GroupName { get; }

    /// <summary>Its name in the group.</summary>
    public virtual string MemberName { get; }

    /// <summary>The partitions that are its own now, as far as it knows.</summary>
    public virtual IReadOnlyList<int> Partitions => runs.Current?.Partitions ?? [];

    /// <summary>Whether it was started and not stopped.</summary>
    public virtual bool IsReading => runs.Current is not null;

    /// <summary>Begins to read. After a stop it may be started again.</summary>
    /// <exception cref="InvalidOperationException">It is started.</exception>
    public virtual Task StartAsync(CancellationToken cancellationToken = default) => runs.StartAsync(cancellationToken);

    /// <summary>
    /// Ends the wait for records at once, waits for the handlers that have begun, commits what they handled, and leaves the group, so that
    /// another goes on behind that. Called by a handler of this reader, it begins all that and returns.
    /// </summary>
    /// <param name="cancellationToken">When it is cancelled, so are the handlers. They are awaited all the same.</param>
    public virtual Task StopAsync(CancellationToken cancellationToken = default) => runs.StopAsync(cancellationToken);

    /// <summary>Stops it.</summary>
    public virtual async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await StopAsync();
    }
}
