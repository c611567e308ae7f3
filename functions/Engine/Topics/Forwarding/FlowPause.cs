namespace FuncQueue.Engine.Topics.Forwarding;

/// <summary>
/// The pauses of a flow that does not get on: longer from failure to failure, until it is left to whoever comes next, the next record or
/// the timer. By the machine's own clock: it is about the load on storage.
/// </summary>
internal sealed class FlowPause
{
    private const int MaxFailures = 8;

    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan BehindOthers = TimeSpan.FromMilliseconds(50);

    private int failures;

    public bool IsEnough => failures >= MaxFailures;

    public void GotOn() => failures = 0;

    public Task AfterFailureAsync() => Task.Delay(First * Math.Pow(2, failures++), TimeProvider.System);

    /// <summary>Others forward here as well: by chance, so that one of them gets on alone.</summary>
    public static Task BehindOthersAsync() => Task.Delay(BehindOthers * Random.Shared.NextDouble(), TimeProvider.System);
}
