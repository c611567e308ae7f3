using System.Globalization;
using System.Text;

namespace FuncQueue.Engine.Tests.Model;

/// <summary>A message as a history enqueues it; times in seconds, from the enqueue on.</summary>
/// <param name="Content">Letters of one content are the same to content-based deduplication; null: a content of its own.</param>
/// <param name="At">The instant of <c>enqueueAt</c>, which may have passed.</param>
/// <param name="Large">Too long for a row: a payload.</param>
public sealed record Letter(
    string? Group = null,
    string? DeduplicationId = null,
    int? Content = null,
    int? Priority = null,
    int? Delay = null,
    int? At = null,
    int? Ttl = null,
    bool Large = false
)
{
    /// <param name="number">Makes the text of a letter without <see cref="Content"/> the only one of its kind.</param>
    public NewMessage ToMessage(int number, DateTimeOffset now)
    {
        var text = Content is { } content ? $"content {content / 2}" : $"message {number}";
        return new NewMessage
        {
            Body = MessageBody.FromBytes(Encoding.UTF8.GetBytes(Large ? text.PadRight(Limits.MaxInlineBodyBytes + 1) : text)),
            ContentType = "text/plain",
            // Contents 0 and 1 differ in their attributes only.
            Attributes = Content is { } variant
                ? new Dictionary<string, string> { ["variant"] = (variant % 2).ToString(CultureInfo.InvariantCulture) }
                : [],
            GroupId = Group,
            DeduplicationId = DeduplicationId,
            Priority = Priority,
            Delay = Seconds(Delay),
            EnqueueAt = At is { } at ? now + TimeSpan.FromSeconds(at) : null,
            TimeToLive = Seconds(Ttl),
        };
    }

    private static TimeSpan? Seconds(int? seconds) => seconds is { } there ? TimeSpan.FromSeconds(there) : null;
}
