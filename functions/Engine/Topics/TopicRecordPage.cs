namespace FuncQueue.Engine.Topics;

/// <summary>Records of several partitions, those of each in the order of their offsets.</summary>
/// <param name="Position">Where to read on: opaque.</param>
public sealed record TopicRecordPage(IReadOnlyList<Record> Records, string Position);
