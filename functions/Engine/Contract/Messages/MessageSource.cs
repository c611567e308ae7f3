namespace FuncQueue.Engine;

/// <summary>The live messages of a queue, or its dead letters.</summary>
public enum MessageSource
{
    Live,
    DeadLetters,
}
