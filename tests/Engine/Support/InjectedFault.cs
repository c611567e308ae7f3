namespace FuncQueue.Engine.Tests.Support;

/// <summary>Tells how often a fault has met a request, so that a test can be sure that it happened.</summary>
public sealed class InjectedFault
{
    private int count;

    public int Count => Volatile.Read(ref count);

    internal void Met() => Interlocked.Increment(ref count);
}
