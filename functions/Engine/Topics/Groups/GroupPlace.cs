namespace FuncQueue.Engine.Topics.Groups;

/// <summary>What a token says: how far a partition was handed out, and under which hold.</summary>
internal readonly record struct GroupPlace(int Partition, ulong Hold, long Offset);
