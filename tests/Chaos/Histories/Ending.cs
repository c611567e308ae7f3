namespace FuncQueue.Chaos.Histories;

/// <summary>How a call ended, as far as its caller can know.</summary>
public enum Ending
{
    /// <summary>It was carried out.</summary>
    Ok,

    /// <summary>Nothing happened: the answer says so, or nobody took the call.</summary>
    Failed,

    /// <summary>The answer was lost, or says that nobody knows.</summary>
    Unknown,
}
