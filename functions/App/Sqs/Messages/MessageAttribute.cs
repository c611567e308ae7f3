using FuncQueue.Functions.Sqs.Protocol;

namespace FuncQueue.Functions.Sqs.Messages;

/// <summary>A message attribute: its data type (with a label, as <c>Number.int</c>) and its text or bytes.</summary>
internal sealed record MessageAttribute(string DataType, string? Text, byte[]? Bytes)
{
    public const string String = "String";
    public const string Number = "Number";
    public const string Binary = "Binary";

    /// <summary>The logical type, without the label.</summary>
    public static string LogicalType(string dataType)
    {
        var dot = dataType.IndexOf('.', StringComparison.Ordinal);
        return dot < 0 ? dataType : dataType[..dot];
    }

    /// <summary>Writes the structure <c>MessageAttributeValue</c>.</summary>
    public void WriteTo(SqsOutput output)
    {
        output.Text("StringValue", Text);
        if (Bytes is { } bytes)
            output.Bytes("BinaryValue", bytes);
        output.Text("DataType", DataType);
    }
}
