namespace FuncQueue.Engine;

/// <summary>What becomes of a message whose time to live has passed.</summary>
public enum ExpiryAction
{
    Drop,
    DeadLetter,
}
