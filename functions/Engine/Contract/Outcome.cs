using System.Diagnostics.CodeAnalysis;

namespace FuncQueue.Engine;

/// <summary>What an operation of the engine ended in: a value, or an expected failure. Unexpected faults are exceptions.</summary>
public sealed class Outcome<T>
{
    private readonly T? value;

    private Outcome(T? value, Failure? failure)
    {
        this.value = value;
        Failure = failure;
    }

    /// <summary>Why it failed; null when it succeeded.</summary>
    public Failure? Failure { get; }

    /// <summary>The value of a success; throws on a failure.</summary>
    public T Value => Failure is null ? value! : throw new InvalidOperationException($"The operation failed: {Failure}.");

    public bool TryGetValue([MaybeNullWhen(false)] out T result, [NotNullWhen(false)] out Failure? failure)
    {
        result = value;
        failure = Failure;
        return failure is null;
    }

    public static implicit operator Outcome<T>(T value) => new(value, null);

    public static implicit operator Outcome<T>(Failure failure) =>
        new(default, failure ?? throw new ArgumentNullException(nameof(failure)));
}
