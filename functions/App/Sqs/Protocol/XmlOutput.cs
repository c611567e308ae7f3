using System.Globalization;
using System.Xml;

namespace FuncQueue.Functions.Sqs.Protocol;

/// <summary>Results of the Query protocol: XML, in which lists are repeated elements and maps are repeated pairs.</summary>
internal sealed class XmlOutput(XmlWriter writer) : SqsOutput
{
    public override void Text(string name, string? value)
    {
        if (value is not null)
            writer.WriteElementString(name, value);
    }

    public override void Number(string name, long? value) => Text(name, value?.ToString(CultureInfo.InvariantCulture));

    public override void Flag(string name, bool value) => writer.WriteElementString(name, value ? "true" : "false");

    public override void Bytes(string name, ReadOnlySpan<byte> value) => writer.WriteElementString(name, Convert.ToBase64String(value));

    public override void Texts(string name, string queryName, IEnumerable<string> values)
    {
        foreach (var value in values)
            writer.WriteElementString(queryName, value);
    }

    public override void Map(string name, string queryName, IEnumerable<KeyValuePair<string, string>> values, string queryKey)
    {
        foreach (var (key, value) in values)
        {
            writer.WriteStartElement(queryName);
            writer.WriteElementString(queryKey, key);
            writer.WriteElementString("Value", value);
            writer.WriteEndElement();
        }
    }

    public override void Structures<T>(string name, string queryName, IEnumerable<T> values, Action<SqsOutput, T> write)
    {
        foreach (var value in values)
        {
            writer.WriteStartElement(queryName);
            write(this, value);
            writer.WriteEndElement();
        }
    }

    public override void StructureMap<T>(
        string name,
        string queryName,
        IEnumerable<KeyValuePair<string, T>> values,
        Action<SqsOutput, T> write
    )
    {
        foreach (var (key, value) in values)
        {
            writer.WriteStartElement(queryName);
            writer.WriteElementString("Name", key);
            writer.WriteStartElement("Value");
            write(this, value);
            writer.WriteEndElement();
            writer.WriteEndElement();
        }
    }
}
