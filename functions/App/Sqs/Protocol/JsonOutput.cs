using System.Text.Json;

namespace FuncQueue.Functions.Sqs;

/// <summary>Results in AWS JSON 1.0.</summary>
internal sealed class JsonOutput(Utf8JsonWriter writer) : SqsOutput
{
    public override void Text(string name, string? value)
    {
        if (value is not null)
            writer.WriteString(name, value);
    }

    public override void Number(string name, long? value)
    {
        if (value is { } number)
            writer.WriteNumber(name, number);
    }

    public override void Flag(string name, bool value) => writer.WriteBoolean(name, value);

    public override void Bytes(string name, ReadOnlySpan<byte> value) => writer.WriteBase64String(name, value);

    public override void Texts(string name, string queryName, IEnumerable<string> values)
    {
        writer.WriteStartArray(name);
        foreach (var value in values)
            writer.WriteStringValue(value);
        writer.WriteEndArray();
    }

    public override void Map(string name, string queryName, IEnumerable<KeyValuePair<string, string>> values, string queryKey)
    {
        writer.WriteStartObject(name);
        foreach (var (key, value) in values)
            writer.WriteString(key, value);
        writer.WriteEndObject();
    }

    public override void Structures<T>(string name, string queryName, IEnumerable<T> values, Action<SqsOutput, T> write)
    {
        writer.WriteStartArray(name);
        foreach (var value in values)
        {
            writer.WriteStartObject();
            write(this, value);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    public override void StructureMap<T>(string name, string queryName, IEnumerable<KeyValuePair<string, T>> values, Action<SqsOutput, T> write)
    {
        writer.WriteStartObject(name);
        foreach (var (key, value) in values)
        {
            writer.WriteStartObject(key);
            write(this, value);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }
}
