namespace FuncQueue.Functions.Sqs.Protocol;

/// <summary>Writes the result of an action in one of the protocols. Absent values are left out.</summary>
internal abstract class SqsOutput
{
    public abstract void Text(string name, string? value);

    public abstract void Number(string name, long? value);

    public abstract void Flag(string name, bool value);

    public abstract void Bytes(string name, ReadOnlySpan<byte> value);

    /// <summary>A list of strings.</summary>
    public abstract void Texts(string name, string queryName, IEnumerable<string> values);

    /// <summary>A map of strings; an empty one is left out.</summary>
    public abstract void Map(string name, string queryName, IEnumerable<KeyValuePair<string, string>> values, string queryKey = "Name");

    /// <summary>A list of structures.</summary>
    public abstract void Structures<T>(string name, string queryName, IEnumerable<T> values, Action<SqsOutput, T> write);

    /// <summary>A map of structures.</summary>
    public abstract void StructureMap<T>(
        string name,
        string queryName,
        IEnumerable<KeyValuePair<string, T>> values,
        Action<SqsOutput, T> write
    );
}
