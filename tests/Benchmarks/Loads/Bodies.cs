namespace FuncQueue.Benchmarks.Loads;

/// <summary>Bodies of random bytes, made beforehand.</summary>
internal sealed class Bodies
{
    private readonly byte[][] all;
    private int next;

    public Bodies(int length)
    {
        all = [.. Enumerable.Range(0, 256).Select(_ => new byte[length])];
        foreach (var body in all)
            Random.Shared.NextBytes(body);
    }

    public ReadOnlyMemory<byte> Next() => all[Interlocked.Increment(ref next) & 0xff];
}
