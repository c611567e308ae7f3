using System.Text;
using FuncQueue.Functions.Sqs.Errors;
using FuncQueue.Functions.Sqs.Protocol;

namespace FuncQueue.Functions.Sqs.Messages;

/// <summary>Reads the message attributes of a request, and checks them as documented: names, types, values.</summary>
internal static class AttributeReader
{
    public const string TraceHeader = "AWSTraceHeader";

    private const string NoLists = "Message attribute list values in SendMessage operation are not supported.";

    /// <summary>The attributes; a fault is noted in the input.</summary>
    public static Dictionary<string, MessageAttribute> Read(SqsInput input)
    {
        var attributes = ReadAny(input, "MessageAttribute");
        if (attributes.Count > SqsLimits.MaxMessageAttributes)
            input.Fail(
                SqsErrors.InvalidParameter(
                    $"Number of message attributes [{attributes.Count}] exceeds the allowed maximum [{SqsLimits.MaxMessageAttributes}]."
                )
            );
        return attributes;
    }

    /// <summary>As above, however many there are.</summary>
    /// <param name="queryName">What they are called in the Query protocol.</param>
    public static Dictionary<string, MessageAttribute> ReadAny(SqsInput input, string queryName)
    {
        var attributes = new Dictionary<string, MessageAttribute>(StringComparer.Ordinal);
        foreach (var (name, value) in input.StructureMap("MessageAttributes", queryName))
        {
            if (Read(name, value) is not { } attribute)
                input.Fail(value.Error ?? Invalid(name, "is not valid."));
            else
                attributes[name] = attribute;
        }

        return attributes;
    }

    /// <summary>The one system attribute there is: the X-Ray trace header.</summary>
    public static Dictionary<string, MessageAttribute> ReadSystem(SqsInput input)
    {
        var attributes = new Dictionary<string, MessageAttribute>(StringComparer.Ordinal);
        foreach (var (name, value) in input.StructureMap("MessageSystemAttributes", "MessageSystemAttribute"))
        {
            var text = value.Text("StringValue");
            if (name != TraceHeader)
                input.Fail(SqsErrors.InvalidParameter($"Message system attribute name '{XmlText.Clean(name)}' is invalid."));
            else if (HasList(value))
                input.Fail(SqsErrors.UnsupportedOperation(NoLists));
            else if (value.Text("DataType") != MessageAttribute.String || string.IsNullOrEmpty(text) || !XmlText.IsValid(text))
                input.Fail(
                    value.Error
                        ?? SqsErrors.InvalidParameter($"Message system attribute '{name}' must contain a non-empty value of type 'String'.")
                );
            else
                attributes[name] = new MessageAttribute(MessageAttribute.String, text, null);
        }

        return attributes;
    }

    /// <summary>What an attribute counts for in the length of its message.</summary>
    public static int LengthOf(string name, MessageAttribute attribute) =>
        Encoding.UTF8.GetByteCount(name)
        + Encoding.UTF8.GetByteCount(attribute.DataType)
        + (attribute.Bytes?.Length ?? Encoding.UTF8.GetByteCount(attribute.Text!));

    /// <summary>What the attributes of a message count for in its batch, whether they are valid or not.</summary>
    /// <param name="queryName">What they are called in the Query protocol.</param>
    public static long LengthOf(SqsInput input, string queryName = "MessageAttribute") =>
        input
            .StructureMap("MessageAttributes", queryName)
            .Sum(a =>
                (long)Encoding.UTF8.GetByteCount(a.Key)
                + Length(a.Value.Text("DataType"))
                + Length(a.Value.Text("StringValue"))
                + (a.Value.Bytes("BinaryValue")?.Length ?? 0)
            );

    private static int Length(string? text) => Encoding.UTF8.GetByteCount(text ?? "");

    private static MessageAttribute? Read(string name, SqsInput value)
    {
        var type = value.Text("DataType");
        // An empty member beside one that is filled is as good as absent: some clients send all of them.
        var text = value.Text("StringValue") is { Length: > 0 } given ? given : null;
        var bytes = value.Bytes("BinaryValue") is { Length: > 0 } binary ? binary : null;
        if (value.Error is { } unreadable)
            return Fail(unreadable);
        if (NameFault(name) is { } badName)
            return Fail(SqsErrors.InvalidParameter(badName));
        if (HasList(value))
            return Fail(SqsErrors.UnsupportedOperation(NoLists));
        if (string.IsNullOrEmpty(type))
            return Fail(Invalid(name, "must contain a non-empty message attribute type."));
        if (type.Length > SqsLimits.MaxAttributeNameLength || !XmlText.IsValid(type))
            return Fail(
                Invalid(name, $"has a message attribute type that is not 1 to {SqsLimits.MaxAttributeNameLength} valid characters.")
            );
        var logical = MessageAttribute.LogicalType(type);
        if (logical is not (MessageAttribute.String or MessageAttribute.Number or MessageAttribute.Binary))
            return Fail(
                Invalid(name, "has an invalid message attribute type, the set of supported type prefixes is Binary, Number, and String.")
            );
        if (logical == MessageAttribute.Binary)
            return bytes is not null && text is null ? new MessageAttribute(type, null, bytes) : Fail(MustHold(name, logical));
        if (text is null || bytes is not null)
            return Fail(MustHold(name, logical));
        if (XmlText.Offender(text) is { } offender)
            return Fail(
                SqsErrors.InvalidParameter(
                    $"Invalid binary character '{offender}' was found in the value of the message attribute '{name}'."
                )
            );
        if (logical == MessageAttribute.Number && !NumberText.IsNumber(text))
            return Fail(SqsErrors.InvalidParameter($"Can't cast the value of message (user) attribute '{name}' to a number."));
        return new MessageAttribute(type, text, null);

        MessageAttribute? Fail(SqsError error)
        {
            value.Fail(error);
            return null;
        }
    }

    private static string? NameFault(string name)
    {
        if (name.Length is 0 or > SqsLimits.MaxAttributeNameLength)
            return $"Length of message attribute name must be between 1 and {SqsLimits.MaxAttributeNameLength} bytes.";
        if (!name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.'))
            return $"Message (user) attributes name '{XmlText.Clean(name)}' can only contain alphanumeric characters, hyphens, "
                + "underscores and periods.";
        if (name.StartsWith('.') || name.EndsWith('.') || name.Contains("..", StringComparison.Ordinal))
            return $"Message (user) attributes name '{name}' must not start or end with a period, nor have two in succession.";
        return name.StartsWith("AWS.", StringComparison.OrdinalIgnoreCase) || name.StartsWith("Amazon.", StringComparison.OrdinalIgnoreCase)
            ? $"Message (user) attributes name '{name}' starts with a reserved prefix."
            : null;
    }

    /// <summary>Whether there is one of the lists that the model of the API has and the service does not take.</summary>
    private static bool HasList(SqsInput value) =>
        value.Texts("StringListValues", "StringListValue") is { Count: > 0 }
        || value.Texts("BinaryListValues", "BinaryListValue") is { Count: > 0 };

    private static SqsError MustHold(string name, string type) => Invalid(name, $"must contain a non-empty value of type '{type}'.");

    private static SqsError Invalid(string name, string what) =>
        SqsErrors.InvalidParameter($"Message (user) attribute '{XmlText.Clean(name)}' {what}");
}
