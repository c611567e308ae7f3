namespace FuncQueue.Engine.Decisions;

/// <summary>The reasons of dead letters that callers did not name themselves; part of the API.</summary>
internal static class Reasons
{
    public const string MaxDeliveryCount = "max-delivery-count-exceeded";

    public const string Expired = "expired";

    public const string Explicit = "dead-lettered-by-consumer";

    /// <summary>The body of a record of a topic was gone before a subscription could copy it.</summary>
    public const string PayloadLost = "payload-lost";

    /// <summary>The reason as it may be logged: what a consumer says may quote the message.</summary>
    public static string ForLog(string reason) => reason is MaxDeliveryCount or Expired or PayloadLost ? reason : Explicit;
}
