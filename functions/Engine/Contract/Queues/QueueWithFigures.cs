namespace FuncQueue.Engine;

/// <summary>A queue with the figures of what was in it.</summary>
public sealed record QueueWithFigures(QueueInfo Queue, QueueFigures Figures);
