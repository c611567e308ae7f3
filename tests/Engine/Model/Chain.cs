namespace FuncQueue.Engine.Tests.Model;

/// <summary>Messages that a dequeue hands out in this order, from the first on: the first some of them, or none.</summary>
public sealed record Chain(IReadOnlyList<MessageModel> Messages)
{
    /// <summary>Whether no dequeue may say that there is nothing.</summary>
    public bool IsCertain => Messages[0].IsDelivered;
}
