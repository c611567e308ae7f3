using System.Diagnostics.CodeAnalysis;

namespace FuncQueue.Engine.Keys;

/// <summary>A valid name of a key, made as a <see cref="QueueName"/>. It is no secret.</summary>
public sealed record KeyName
{
    private KeyName(string value) => Value = value;

    public string Value { get; }

    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out KeyName? name)
    {
        name = QueueName.TryParse(text, out var parsed) ? new KeyName(parsed.Value) : null;
        return name is not null;
    }

    public override string ToString() => Value;
}
