namespace FuncQueue.Engine;

public enum QueueType
{
    Standard,
    Fifo,
}
