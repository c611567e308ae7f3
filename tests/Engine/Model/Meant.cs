namespace FuncQueue.Engine.Tests.Model;

/// <summary>Which messages a filter means.</summary>
/// <param name="Reason">Of dead letters; null: any.</param>
/// <param name="Group">Null: any.</param>
public sealed record Meant(string? Reason = null, string? Group = null)
{
    /// <summary>Why messages die in histories.</summary>
    public static readonly string[] Reasons =
    [
        "max-delivery-count-exceeded",
        "expired",
        "did not work",
        "enough",
        "dead-lettered-by-consumer",
    ];

    public MessageFilter ToFilter() => new() { Reason = Reason, GroupId = Group };

    public bool Takes(MessageModel message) => (Reason is null || Reason == message.Reason) && (Group is null || Group == message.Group);
}
