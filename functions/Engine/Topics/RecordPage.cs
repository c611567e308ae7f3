namespace FuncQueue.Engine.Topics;

/// <summary>Records of a partition in the order of their offsets.</summary>
/// <param name="NextOffset">Where to read on.</param>
/// <param name="EndOffset">Of the record that is published next, as far as this process knows.</param>
public sealed record RecordPage(IReadOnlyList<Record> Records, long NextOffset, long EndOffset);
