namespace FuncQueue.Engine.Storage;

/// <summary>
/// Who made a row's key: one sequence of keys, which has a number of its own, drawn by chance. A process has a sequence for each shard, and
/// another one whenever it comes to know a queue anew.
/// </summary>
internal readonly record struct WriterId(uint Value);
