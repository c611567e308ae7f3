namespace FuncQueue.Engine.Topics;

public sealed record TopicPut(TopicStatus Status, bool Created);
