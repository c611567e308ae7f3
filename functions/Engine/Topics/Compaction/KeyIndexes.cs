using System.Collections.Concurrent;
using FuncQueue.Engine.Topics.Reading;

namespace FuncQueue.Engine.Topics.Compaction;

/// <summary>What this process has read of the keys of partitions; what nobody asks for is forgotten with its topic.</summary>
internal sealed class KeyIndexes
{
    private const int Most = 256;

    private readonly ConcurrentDictionary<(string Table, int Partition), KeyIndex> known = new();

    public KeyIndex Of(string table, int partition, PartitionReader reader)
    {
        // They are found again by reading.
        if (known.Count >= Most)
            known.Clear();
        return known.GetOrAdd((table, partition), _ => new KeyIndex(reader));
    }
}
