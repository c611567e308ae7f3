using FuncQueue.Functions.Sqs.Errors;
using FuncQueue.Functions.Sqs.Protocol;

namespace FuncQueue.Functions.Sqs.Messages;

/// <summary>Group, deduplication and attempt ids: 1 to 128 of letters, digits and ASCII punctuation.</summary>
internal static class MessageIdentifier
{
    /// <summary>The id; null when absent. A fault is noted in the input.</summary>
    public static string? Read(SqsInput input, string name)
    {
        if (input.Text(name) is not { } id)
            return null;
        if (id.Length is >= 1 and <= SqsLimits.MaxIdLength && id.All(c => c is > ' ' and < '\x7f'))
            return id;
        input.Fail(
            SqsErrors.InvalidParameter(
                name,
                XmlText.Clean(id),
                $"{name} can only include alphanumeric and punctuation characters. 1 to {SqsLimits.MaxIdLength} in length."
            )
        );
        return null;
    }
}
