using FuncQueue.Engine;
using FuncQueue.Functions.Sns.Errors;
using FuncQueue.Functions.Sqs.Errors;
using FuncQueue.Functions.Sqs.Protocol;

namespace FuncQueue.Functions.Sns.Topics;

/// <summary>Reads the tags of a request, and checks them as documented.</summary>
internal static class TopicTags
{
    public static (IReadOnlyDictionary<string, string> Tags, SqsError? Error) Read(SqsInput input)
    {
        var tags = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var tag in input.Structures("Tags", "Tags.member"))
        {
            var (key, value) = (tag.Text("Key") ?? "", tag.Text("Value") ?? "");
            if (
                key.Length is 0 or > Limits.MaxTagNameLength
                || value.Length > Limits.MaxTagValueLength
                || !XmlText.IsValid(key)
                || !XmlText.IsValid(value)
            )
                return (tags, SnsErrors.InvalidParameter("Tags", "A key is 1 to 128 characters, a value at most 256."));
            if (!tags.TryAdd(key, value))
                return (tags, SnsErrors.InvalidParameter("Tags", "Tag keys must be unique."));
        }

        return (tags, tags.Count > Limits.MaxTags ? SnsErrors.TagLimitExceeded : null);
    }
}
