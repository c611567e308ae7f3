namespace FuncQueue.Chaos.Histories;

/// <summary>How the service answered for one receipt.</summary>
public enum Answer
{
    None,
    Ok,
    LeaseLost,
    Malformed,
}
