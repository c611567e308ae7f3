namespace FuncQueue.Engine;

public sealed record QueuePut(QueueStatus Status, bool Created);
