using System.Collections.Concurrent;
using System.Numerics;
using System.Runtime.InteropServices;
using FuncQueue.Engine.Topics.Records;

namespace FuncQueue.Engine.Topics.Filters;

/// <summary>The sets of subscriptions that messages have been routed to, each once.</summary>
/// <param name="numbers">Of all subscriptions, ascending.</param>
internal sealed class SubscriptionSets(int[] numbers)
{
    /// <summary>So many are remembered; messages that are each for others have as many sets as there are messages.</summary>
    private const int Remembered = 4096;

    private readonly ConcurrentDictionary<ulong[], SubscriptionSet> sets = new(new BitsComparer());

    public int Count => sets.Count;

    /// <param name="bits">Bit i is the subscription with number i of all.</param>
    public SubscriptionSet Of(ReadOnlySpan<ulong> bits)
    {
        var known = sets.GetAlternateLookup<ReadOnlySpan<ulong>>();
        if (known.TryGetValue(bits, out var set))
            return set;
        if (sets.Count >= Remembered)
            sets.Clear();
        return sets.GetOrAdd(bits.ToArray(), Make);
    }

    private SubscriptionSet Make(ulong[] bits)
    {
        var members = new List<int>();
        for (var i = 0; i < bits.Length; i++)
        {
            for (var rest = bits[i]; rest != 0; rest &= rest - 1)
                members.Add(numbers[(i * 64) + BitOperations.TrailingZeroCount(rest)]);
        }

        return SubscriptionSet.OfSorted([.. members]);
    }

    private sealed class BitsComparer : IEqualityComparer<ulong[]>, IAlternateEqualityComparer<ReadOnlySpan<ulong>, ulong[]>
    {
        public bool Equals(ulong[]? x, ulong[]? y) => x.AsSpan().SequenceEqual(y);

        public bool Equals(ReadOnlySpan<ulong> alternate, ulong[] other) => alternate.SequenceEqual(other);

        public int GetHashCode(ulong[] obj) => GetHashCode(obj.AsSpan());

        public int GetHashCode(ReadOnlySpan<ulong> alternate)
        {
            var hash = default(HashCode);
            hash.AddBytes(MemoryMarshal.AsBytes(alternate));
            return hash.ToHashCode();
        }

        public ulong[] Create(ReadOnlySpan<ulong> alternate) => alternate.ToArray();
    }
}
