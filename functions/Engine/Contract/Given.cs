namespace FuncQueue.Engine;

/// <summary>A value that a request may leave out: <c>default</c> is "left out", which differs from an explicit null.</summary>
public readonly record struct Given<T>
{
    private readonly T? value;

    public Given(T value)
    {
        this.value = value;
        IsGiven = true;
    }

    public bool IsGiven { get; }

    public T Or(T otherwise) => IsGiven ? value! : otherwise;

    public static implicit operator Given<T>(T value) => new(value);
}
