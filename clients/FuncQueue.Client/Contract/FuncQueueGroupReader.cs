using FuncQueue.Client.Reading;

namespace FuncQueue.Client;

/// <summary>
/// A member of a group that reads a topic: runs a handler for the records of its share of the partitions, each partition in order,
/// partitions side by side, and commits what was handled. As members come and go, partitions change hands; what was handed over in an
/// orderly way comes to no two of them.
/// </summary>
public class FuncQueueGroupReader : IAsyncDisposable
{
    private readonly Lock gate = new();
    private readonly Func<ReaderRun> begin = null!;
    private ReaderRun? run;

    /// <summary>For mocks.</summary>
    protected FuncQueueGroupReader()
    {
        (TopicName, GroupName, MemberName) = ("", "", "");
    }

    internal FuncQueueGroupReader(GroupCalls calls, string member, Func<ReaderRun> begin)
    {
        (TopicName, GroupName, MemberName, this.begin) = (calls.Topic, calls.Group, member, begin);
    }

    /// <summary>The topic.</summary>
    public virtual string TopicName { get; }

    /// <summary>The group.</summary>
    public virtual string GroupName { get; }

    /// <summary>Its name in the group.</summary>
    public virtual string MemberName { get; }

    /// <summary>The partitions that are its own now, as far as it knows.</summary>
    public virtual IReadOnlyList<int> Partitions
    {
        get
        {
            lock (gate)
                return run?.Partitions ?? [];
        }
    }

    /// <summary>Whether it was started and not stopped.</summary>
    public virtual bool IsReading
    {
        get
        {
            lock (gate)
                return run is not null;
        }
    }

    /// <summary>Begins to read. After a stop it may be started again.</summary>
    /// <exception cref="InvalidOperationException">It is started.</exception>
    public virtual Task StartAsync(CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (gate)
        {
            if (run is not null)
                throw new InvalidOperationException("The reader is started already.");
            run = begin();
            run.Start();
        }

        return Task.CompletedTask;
    }

    /// <summary>
    /// Ends the wait for records at once, waits for the handlers that have begun, commits what they handled, and leaves the group, so that
    /// another goes on behind that. Called by a handler of this reader, it begins all that and returns.
    /// </summary>
    /// <param name="cancellationToken">When it is cancelled, so are the handlers. They are awaited all the same.</param>
    public virtual async Task StopAsync(CancellationToken cancellationToken = default)
    {
        ReaderRun? current;
        lock (gate)
            current = run;
        if (current is null)
            return;
        var stop = EndAsync(current, cancellationToken);
        if (!current.IsWithin)
            await stop;
    }

    /// <summary>Stops it.</summary>
    public virtual async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await StopAsync();
    }

    private async Task EndAsync(ReaderRun ending, CancellationToken cancellationToken)
    {
        await ending.StopAsync(cancellationToken);
        lock (gate)
        {
            if (run == ending)
                run = null;
        }
    }
}
