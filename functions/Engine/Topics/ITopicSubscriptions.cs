using FuncQueue.Engine.Topics.Log;
using FuncQueue.Engine.Topics.Records;

namespace FuncQueue.Engine.Topics;

/// <summary>What the log of a topic asks of its subscriptions, in one process. Thread-safe.</summary>
internal interface ITopicSubscriptions : IRouter
{
    /// <summary>
    /// Told of every row that this process has appended, once that is settled, in the order of a partition's offsets. Must not block, nor
    /// throw.
    /// </summary>
    /// <param name="head">The partition's, as the append left it.</param>
    void Appended(RecordRow row, LogHead head);

    /// <summary>
    /// The least offset of a partition that a subscription has still to take, read from the cursors now; <paramref name="end"/> where none
    /// is below it.
    /// </summary>
    Task<long> LeastNeededAsync(int partition, long end, CancellationToken cancellationToken);

    /// <summary>Ends the subscriptions into a topic that is being deleted.</summary>
    Task<Failure?> EndSourcesAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Takes what is left behind the cursors of a topic whose heads are closed, or drops it, and closes the cursors; false when it was not
    /// done in time, and another call is to go on.
    /// </summary>
    Task<Outcome<bool>> DrainAsync(bool drop, TimeSpan time, CancellationToken cancellationToken);

    /// <summary>Ends what waits for others: the process is about to stop.</summary>
    void StopWaiting() { }

    /// <summary>Completes when nothing is under way.</summary>
    Task WhenIdleAsync();
}

/// <summary>A topic that nobody subscribes to.</summary>
internal sealed class NoSubscriptions : ITopicSubscriptions
{
    public static readonly NoSubscriptions Instance = new();

    public IRoutes Known => NoRoutes.Instance;

    public ValueTask<Failure?> LearnAsync(long version, CancellationToken cancellationToken) => default;

    public void Appended(RecordRow row, LogHead head) { }

    public Task<long> LeastNeededAsync(int partition, long end, CancellationToken cancellationToken) => Task.FromResult(end);

    public Task<Failure?> EndSourcesAsync(CancellationToken cancellationToken) => Task.FromResult<Failure?>(null);

    public Task<Outcome<bool>> DrainAsync(bool drop, TimeSpan time, CancellationToken cancellationToken) =>
        Task.FromResult<Outcome<bool>>(true);

    public Task WhenIdleAsync() => Task.CompletedTask;
}
