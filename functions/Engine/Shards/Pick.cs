using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Shards;

/// <summary>A message that can be leased: its row and its place in it.</summary>
internal readonly record struct Pick(BatchRow Row, int Slot);
