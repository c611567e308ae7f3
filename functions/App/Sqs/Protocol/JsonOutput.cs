using System.Text.Json;

namespace FuncQueue.Functions.Sqs.Protocol;

/// <summary>Results in JSON.</summary>
/// <param name="pairs">Whether maps are lists of pairs, as the Query protocol has them; else, in AWS JSON 1.0, they are objects.</param>
internal sealed class JsonOutput(Utf8JsonWriter writer, bool pairs = false) : SqsOutput
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
        var all = values.ToList();
        if (all.Count > 0)
            Map(name, all, queryKey, value => writer.WriteStringValue(value));
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

    public override void StructureMap<T>(
        string name,
        string queryName,
        IEnumerable<KeyValuePair<string, T>> values,
        Action<SqsOutput, T> write
    ) =>
        Map(
            name,
            values,
            "Name",
            value =>
            {
                writer.WriteStartObject();
                write(this, value);
                writer.WriteEndObject();
            }
        );

    private void Map<T>(string name, IEnumerable<KeyValuePair<string, T>> values, string keyName, Action<T> write)
    {
        writer.WritePropertyName(name);
        if (pairs)
            writer.WriteStartArray();
        else
            writer.WriteStartObject();
        foreach (var (key, value) in values)
        {
            if (pairs)
            {
                writer.WriteStartObject();
                writer.WriteString(keyName, key);
                writer.WritePropertyName("Value");
            }
            else
            {
                writer.WritePropertyName(key);
            }

            write(value);
            if (pairs)
                writer.WriteEndObject();
        }

        if (pairs)
            writer.WriteEndArray();
        else
            writer.WriteEndObject();
    }
}
