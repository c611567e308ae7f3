using FuncQueue.Engine.Shards;

namespace FuncQueue.Engine.Queues;

/// <summary>One shard's live messages, or its dead letters, as receivers are served from them.</summary>
internal sealed record ShardSide(ShardLoop Loop, IScanner Scanner);
