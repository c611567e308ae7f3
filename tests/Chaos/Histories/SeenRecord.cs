namespace FuncQueue.Chaos.Histories;

/// <summary>A record as somebody read it.</summary>
/// <param name="Digest">Null: its body was not read.</param>
/// <param name="IsLast">When nothing was published any more, and the whole topic was read.</param>
public sealed record SeenRecord(RecordPlace Place, string Key, string? Digest, bool IsLast);
