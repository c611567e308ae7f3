using System.Collections.Concurrent;

namespace FuncQueue.Chaos.Nemeses;

/// <summary>What was done to the processes and to storage, and what is being done.</summary>
internal sealed class Tally
{
    private readonly ConcurrentDictionary<string, long> done = new();

    /// <summary>What the nemeses are at, for people.</summary>
    public ConcurrentDictionary<string, string> Now { get; } = new();

    public void Count(string what) => done.AddOrUpdate(what, 1, (_, n) => n + 1);

    public long this[string what] => done.GetValueOrDefault(what);
}
