namespace FuncQueue.Engine;

public enum MessageStatus
{
    Ready,
    Leased,
    Scheduled,
    DeadLettered,
}
