namespace FuncQueue.Engine.Tests.Model;

/// <summary>Which messages an enqueue repeats: those of the same deduplication id, or the same content, within the window.</summary>
/// <param name="perGroup">Whether ids of different groups have nothing to do with each other.</param>
internal sealed class DeduplicationModel(bool perGroup)
{
    private readonly Dictionary<string, (MessageModel First, DateTimeOffset Until)> remembered = [];

    public MessageModel? Find(NewMessage message, QueueSettings settings, DateTimeOffset now) =>
        KeyOf(message, settings) is { } key && remembered.TryGetValue(key, out var there) && now < there.Until ? there.First : null;

    public void Remember(MessageModel message, QueueSettings settings)
    {
        if (KeyOf(message.Sent, settings) is { } key)
            remembered[key] = (message, message.EnqueuedAt + settings.DeduplicationWindow);
    }

    private string? KeyOf(NewMessage message, QueueSettings settings)
    {
        var content = $"content {Convert.ToBase64String(message.Body.Bytes.Span)} {string.Join(' ', message.Attributes)}";
        var key = message.DeduplicationId is { } id ? $"id {id}" : settings.ContentBasedDeduplication ? content : null;
        return key is not null && perGroup ? $"group {message.GroupId}: {key}" : key;
    }
}
