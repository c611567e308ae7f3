namespace FuncQueue.Chaos.Histories;

/// <summary>What a consumer wants done with the message that it leased.</summary>
public enum Verb
{
    Ack,
    Nack,
    Extend,
    DeadLetter,

    /// <summary>Give it back as if it had not been delivered.</summary>
    Release,
}
