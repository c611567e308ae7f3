namespace FuncQueue.Client;

/// <summary>A record that is stored.</summary>
/// <param name="MessageId">Its id.</param>
/// <param name="Partition">The partition that has it.</param>
/// <param name="Offset">Its place there.</param>
/// <param name="PublishedAt">When it was stored, by the server's clock.</param>
/// <param name="Matched">How many subscriptions it was routed to.</param>
/// <param name="Duplicate">Whether it was there already.</param>
public sealed record PublishResult(Guid MessageId, int Partition, long Offset, DateTimeOffset PublishedAt, int Matched, bool Duplicate);
