using System.Globalization;
using System.Xml;

namespace FuncQueue.Functions.Sqs.Protocol;

/// <summary>
/// Results of the Query protocol as services other than SQS write them: lists and maps are elements of their own, which hold
/// <c>member</c> and <c>entry</c>.
/// </summary>
internal sealed class MemberXmlOutput(XmlWriter writer) : SqsOutput
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
        writer.WriteStartElement(name);
        foreach (var value in values)
            writer.WriteElementString("member", value);
        writer.WriteEndElement();
    }

    public override void Map(string name, string queryName, IEnumerable<KeyValuePair<string, string>> values, string queryKey)
    {
        writer.WriteStartElement(name);
        foreach (var (key, value) in values)
        {
            writer.WriteStartElement("entry");
            writer.WriteElementString("key", key);
            writer.WriteElementString("value", value);
            writer.WriteEndElement();
        }

        writer.WriteEndElement();
    }

    public override void Structures<T>(string name, string queryName, IEnumerable<T> values, Action<SqsOutput, T> write)
    {
        writer.WriteStartElement(name);
        foreach (var value in values)
        {
            writer.WriteStartElement("member");
            write(this, value);
            writer.WriteEndElement();
        }

        writer.WriteEndElement();
    }

    public override void StructureMap<T>(
        string name,
        string queryName,
        IEnumerable<KeyValuePair<string, T>> values,
        Action<SqsOutput, T> write
    )
    {
        writer.WriteStartElement(name);
        foreach (var (key, value) in values)
        {
            writer.WriteStartElement("entry");
            writer.WriteElementString("key", key);
            writer.WriteStartElement("value");
            write(this, value);
            writer.WriteEndElement();
            writer.WriteEndElement();
        }

        writer.WriteEndElement();
    }
}
