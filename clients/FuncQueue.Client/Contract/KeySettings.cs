namespace FuncQueue.Client;

/// <summary>What to create a key with, or to change of one.</summary>
public sealed class KeySettings
{
    /// <summary>Of <c>send</c>, <c>receive</c>, <c>peek</c>, <c>inspect</c>, <c>redrive</c>, <c>manage</c>, <c>keys</c>.</summary>
    public IReadOnlyList<string>? Rights { get; set; }

    /// <summary>Names or patterns of queues and topics, as <c>orders*</c> or <c>topic:prices</c>.</summary>
    public IReadOnlyList<string>? Resources { get; set; }

    /// <summary>When the key ends by itself.</summary>
    public DateTimeOffset? ExpiresAt { get; set; }
}
