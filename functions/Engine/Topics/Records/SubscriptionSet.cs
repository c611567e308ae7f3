using System.Diagnostics.CodeAnalysis;

namespace FuncQueue.Engine.Topics.Records;

/// <summary>Numbers of subscriptions of a topic, which are never reused in it. Immutable; equal when they hold the same.</summary>
internal sealed class SubscriptionSet : IEquatable<SubscriptionSet>
{
    public static readonly SubscriptionSet None = new([]);

    private readonly int[] numbers;

    private SubscriptionSet(int[] numbers) => this.numbers = numbers;

    public int Count => numbers.Length;

    /// <summary>Rising.</summary>
    public ReadOnlySpan<int> Numbers => numbers;

    /// <summary>A set of numbers, none negative, in any order; a number that comes twice counts once.</summary>
    public static SubscriptionSet Of(params IEnumerable<int> numbers)
    {
        int[] sorted = [.. numbers.Distinct().Order()];
        if (sorted.Length == 0)
            return None;
        return sorted[0] >= 0 ? new SubscriptionSet(sorted) : throw new ArgumentOutOfRangeException(nameof(numbers));
    }

    /// <summary>A set of numbers that rise.</summary>
    public static SubscriptionSet OfSorted(int[] numbers) => numbers.Length == 0 ? None : new SubscriptionSet(numbers);

    public bool Contains(int number) => Array.BinarySearch(numbers, number) >= 0;

    public bool Equals([NotNullWhen(true)] SubscriptionSet? other) =>
        ReferenceEquals(this, other) || (other is not null && numbers.AsSpan().SequenceEqual(other.numbers));

    public override bool Equals(object? obj) => Equals(obj as SubscriptionSet);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes(System.Runtime.InteropServices.MemoryMarshal.AsBytes(numbers.AsSpan()));
        return hash.ToHashCode();
    }

    public override string ToString() => $"{{{string.Join(", ", numbers)}}}";
}
