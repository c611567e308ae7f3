namespace FuncQueue.Client.Processing;

/// <summary>What a handler said is to become of its message.</summary>
internal enum GivenVerdict
{
    Ack,
    Nack,
    DeadLetter,
    Release,
}
